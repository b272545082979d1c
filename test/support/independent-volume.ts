import { createDecipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cryptsetupOk, dumpVolumeKey } from './cryptsetup.ts';

/** What cryptsetup, not we, says of a container. */
export type IndependentVolume = Readonly<{ key: Buffer; offsetBytes: number; sectorBytes: number }>;

/** Asks cryptsetup for the volume key and the segment of a LUKS2 file. */
export async function readIndependentVolume(
  path: string,
  passphrase: string,
): Promise<IndependentVolume> {
  const key = await dumpVolumeKey(path, passphrase);
  const json = JSON.parse(await cryptsetupOk(['luksDump', '--dump-json-metadata', path])) as {
    segments: Record<string, { offset: string; sector_size: number }>;
  };
  const segment = json.segments['0'];
  if (segment === undefined) throw new Error('no segment 0');
  return { key, offsetBytes: Number(segment.offset), sectorBytes: segment.sector_size };
}

/** Decrypts a whole container one sector at a time with OpenSSL's XTS: a reader that is not ours. */
export function decryptIndependently(path: string, volume: IndependentVolume): Buffer {
  const payload = readFileSync(path).subarray(volume.offsetBytes);
  const plain = Buffer.alloc(payload.length);
  const algorithm = `aes-${volume.key.length * 4}-xts`;
  for (let at = 0; at < payload.length; at += volume.sectorBytes) {
    const tweak = Buffer.alloc(16);
    tweak.writeBigUInt64LE(BigInt(at / 512));
    const cipher = createDecipheriv(algorithm, volume.key, tweak);
    cipher.update(payload.subarray(at, at + volume.sectorBytes)).copy(plain, at);
  }
  return plain;
}
