import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import { SecretBytes } from '../../main/bytes/secret-bytes.ts';
import {
  type BinaryHeader,
  encodeHeaderCopy,
  type HeaderCopy,
  LUKS2_BINARY_HEADER_BYTES,
} from '../../main/luks/binary-header.ts';
import { type FormatOptions, formatLuks2 } from '../../main/luks/format-luks2.ts';
import { readLuks2 } from '../../main/luks/read-luks2.ts';
import type { KdfChoice } from '../../shared/model/create-options.ts';
import { MIB } from '../../shared/units.ts';

/** The least work that is written: tests derive often. */
export const CHEAP_KDFS: Readonly<Record<KdfChoice['type'], KdfChoice>> = {
  argon2id: { type: 'argon2id', forcedIterations: 4, memoryKib: 64, parallel: 1 },
  argon2i: { type: 'argon2i', forcedIterations: 4, memoryKib: 64, parallel: 1 },
  pbkdf2: { type: 'pbkdf2', forcedIterations: 1000 },
};

const CHEAP_DIGEST_ITERATIONS = 1000;

export const TEST_PASSPHRASE = 'correct horse battery';

export function secretOf(text: string): SecretBytes {
  return SecretBytes.copyOf(new TextEncoder().encode(text));
}

export type Formatted = Readonly<{ device: MemoryDevice; volumeKey: Uint8Array; uuid: string }>;

/** Formats a container in memory; the volume key is copied out for comparison. */
export async function formatInMemory(options: Partial<FormatOptions> = {}): Promise<Formatted> {
  const device = new MemoryDevice(new Uint8Array(17 * MIB));
  using passphrase = secretOf(TEST_PASSPHRASE);
  const all: FormatOptions = {
    label: '',
    subsystem: '',
    sectorBytes: 4096,
    keyBytes: 64,
    kdf: CHEAP_KDFS.pbkdf2,
    ...options,
  };
  using volume = await formatLuks2(device, all, passphrase);
  return { device, volumeKey: volume.volumeKey.bytes.slice(), uuid: volume.uuid };
}

/**
 * Writes another JSON text into both copies, or one, with right checksums: what a hostile tool does.
 *
 * @param edit - From the present text to the new one.
 */
export function patchJson(
  device: MemoryDevice,
  edit: (text: string) => string,
  copies: readonly HeaderCopy[] = ['primary', 'secondary'],
): void {
  const { binary, copyBytes } = readLuks2(device).header;
  const area = copyBytes.subarray(LUKS2_BINARY_HEADER_BYTES);
  const text = new TextDecoder().decode(area.subarray(0, area.indexOf(0)));
  const patched = new TextEncoder().encode(edit(text));
  const jsonArea = new Uint8Array(area.length);
  jsonArea.set(patched);
  for (const copy of copies) writeCopy(device, binary, copy, jsonArea);
}

/**
 * Gives a container's digest few iterations: verifying the volume key is nearly all of the work
 * where a test unlocks again and again.
 */
export function withCheapDigest(formatted: Formatted): Formatted {
  const { device, volumeKey } = formatted;
  patchJson(device, (text) => {
    const digest = JSON.parse(text).digests[0];
    const salt = Buffer.from(digest.salt, 'base64');
    const cheap = pbkdf2Sync(volumeKey, salt, CHEAP_DIGEST_ITERATIONS, 32, 'sha256').toString(
      'base64',
    );
    return text
      .replace(`"iterations":${digest.iterations}`, `"iterations":${CHEAP_DIGEST_ITERATIONS}`)
      .replace(digest.digest, cheap);
  });
  return formatted;
}

/** Writes one header copy as given, with a right checksum. */
export function writeCopy(
  device: MemoryDevice,
  binary: BinaryHeader,
  copy: HeaderCopy,
  jsonArea: Uint8Array,
): void {
  const offsetBytes = copy === 'primary' ? 0 : binary.headerBytes;
  const salt = new Uint8Array(randomBytes(64));
  device.writeFrom(offsetBytes, encodeHeaderCopy({ ...binary, copy, offsetBytes, salt }, jsonArea));
}
