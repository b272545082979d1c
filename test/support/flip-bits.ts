import type { MemoryDevice } from '../../main/block/memory-device.ts';
import {
  type HeaderCopy,
  LUKS2_BINARY_HEADER_BYTES,
  LUKS2_HEADER_MINIMUM_BYTES,
} from '../../main/luks/binary-header.ts';
import { describeContainer, readContainer, unlockVolume } from '../../main/luks/container.ts';
import { convertToLuks1 } from '../../main/luks/convert-to-luks1.ts';
import { LUKS1_HEADER_BYTES } from '../../main/luks/luks1-header.ts';
import { readLuks2 } from '../../main/luks/read-luks2.ts';
import type { VolumeSegment } from '../../main/luks/unlocked-volume.ts';
import { VaultError } from '../../shared/errors/vault-error.ts';
import { MIB } from '../../shared/units.ts';
import {
  CHEAP_KDFS,
  formatInMemory,
  secretOf,
  TEST_PASSPHRASE,
  withCheapDigest,
  writeCopy,
} from './luks-fixtures.ts';
import { type SeededRandom, seededRandom } from './seeded-random.ts';

const MOST_FLIPS = 8;
/** Of work: on a busy machine a case waits for its turn, which is no hang. */
const TIME_LIMIT_MS = 2000;
const WAITING_LIMIT_MS = 60_000;
const MEMORY_LIMIT_BYTES = 64 * MIB;
/**
 * LUKS1 has no checksum: nothing in the header tells where the data were before, or how much work a
 * derivation was, which the budget then bounds to 30 s. First bytes of fields of four.
 */
const LUKS1_UNPROTECTED_FIELDS = [104, 164, ...Array.from({ length: 8 }, (_, id) => 212 + 48 * id)];

type Image = Readonly<{
  name: string;
  device: MemoryDevice;
  volumeKey: Uint8Array;
  segment: VolumeSegment;
}>;

/** The containers whose headers are flipped; made once, and put back after each case. */
export type FlipImages = readonly Image[];

/** Where a case ended. Anything else than these is thrown, with the case's number. */
export type FlipOutcome = 'opened' | 'refused-load' | 'refused-unlock';

/** Makes the containers: LUKS2 with either key derivation, and LUKS1. */
export async function createFlipImages(): Promise<FlipImages> {
  const argon = withCheapDigest(await formatInMemory({ kdf: CHEAP_KDFS.argon2id }));
  const pbkdf2 = withCheapDigest(await formatInMemory({ kdf: CHEAP_KDFS.pbkdf2 }));
  const format = { kdf: CHEAP_KDFS.pbkdf2, sectorBytes: 512 } as const;
  const old = withCheapDigest(await formatInMemory(format));
  convertToLuks1(old.device, readLuks2(old.device));
  const images = [
    { name: 'LUKS2 with Argon2id', ...argon },
    { name: 'LUKS2 with PBKDF2', ...pbkdf2 },
    { name: 'LUKS1', ...old },
  ];
  return await Promise.all(
    images.map(async ({ name, device, volumeKey }) => {
      using secret = secretOf(TEST_PASSPHRASE);
      using volume = await unlockVolume(device, readContainer(device), secret);
      return { name, device, volumeKey, segment: volume.segment };
    }),
  );
}

/**
 * Flips 1 to 8 bits of a header and opens the container with the right passphrase. It may open, with
 * the same key and the same data, or be refused in words; nothing else.
 *
 * Every fourth case damages the JSON of both copies and gives them right checksums, as somebody who
 * means harm does: then what opens may differ, but nothing may crash, hang or take memory.
 *
 * @param index - Number of the case: the same case for the same number, everywhere.
 */
export async function runFlipCase(images: FlipImages, index: number): Promise<FlipOutcome> {
  const random = seededRandom(index);
  const image = images[random.below(images.length)];
  if (image === undefined) throw new RangeError('no images');
  const isForged = index % 4 === 3 && image.name !== 'LUKS1';
  const before = image.device.bytes.slice(0, 2 * LUKS2_HEADER_MINIMUM_BYTES);
  const memoryBefore = process.memoryUsage().arrayBuffers;
  const startMs = performance.now();
  const workBefore = process.cpuUsage();
  try {
    if (isForged) forgeJson(image.device, random);
    else flipHeader(image, random);
    const outcome = await open(image, isForged);
    const waitedMs = performance.now() - startMs;
    const work = process.cpuUsage(workBefore);
    const tookMs = Math.min(waitedMs, (work.user + work.system) / 1000);
    const grewBytes = process.memoryUsage().arrayBuffers - memoryBefore;
    if (waitedMs > WAITING_LIMIT_MS) throw new Error(`waited ${waitedMs} ms`);
    if (tookMs > TIME_LIMIT_MS) throw new Error(`took ${tookMs} ms`);
    if (grewBytes > MEMORY_LIMIT_BYTES) throw new Error(`took ${grewBytes} bytes`);
    return outcome;
  } catch (error) {
    throw new Error(`case ${index}, ${image.name}`, { cause: error });
  } finally {
    image.device.bytes.set(before);
  }
}

function flipHeader({ name, device }: Image, random: SeededRandom): void {
  const headerBytes = name === 'LUKS1' ? LUKS1_HEADER_BYTES : 2 * LUKS2_HEADER_MINIMUM_BYTES;
  const flips = 1 + random.below(MOST_FLIPS);
  for (let flip = 0; flip < flips; flip += 1) {
    const at = random.below(headerBytes);
    const isUnprotected = LUKS1_UNPROTECTED_FIELDS.some((field) => at >= field && at < field + 4);
    if (name === 'LUKS1' && isUnprotected) continue;
    device.bytes[at] = (device.bytes[at] ?? 0) ^ (1 << random.below(8));
  }
}

/** Flips bits of the JSON text, and gives both copies right checksums. */
function forgeJson(device: MemoryDevice, random: SeededRandom): void {
  const { binary, copyBytes } = readLuks2(device).header;
  const jsonArea = copyBytes.slice(LUKS2_BINARY_HEADER_BYTES);
  const textBytes = jsonArea.indexOf(0);
  for (let flips = 1 + random.below(MOST_FLIPS); flips > 0; flips -= 1) {
    const at = random.below(textBytes);
    jsonArea[at] = (jsonArea[at] ?? 0) ^ (1 << random.below(8));
  }
  const copies: readonly HeaderCopy[] = ['primary', 'secondary'];
  for (const copy of copies) writeCopy(device, binary, copy, jsonArea);
}

async function open(image: Image, isForged: boolean): Promise<FlipOutcome> {
  let stage: FlipOutcome = 'refused-load';
  try {
    const container = readContainer(image.device);
    describeContainer(container, image.device.sizeBytes);
    stage = 'refused-unlock';
    using secret = secretOf(TEST_PASSPHRASE);
    using volume = await unlockVolume(image.device, container, secret);
    if (!Buffer.from(volume.volumeKey.bytes).equals(image.volumeKey))
      throw new Error('opened with another key');
    if (!isForged && JSON.stringify(volume.segment) !== JSON.stringify(image.segment))
      throw new Error('opened with other data');
    return 'opened';
  } catch (error) {
    if (error instanceof VaultError) return stage;
    throw error;
  }
}
