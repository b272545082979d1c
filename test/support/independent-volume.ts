import { execFileSync } from 'node:child_process';
import { createDecipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** What cryptsetup, not we, says of a container. */
export type IndependentVolume = Readonly<{ key: Buffer; offsetBytes: number; sectorBytes: number }>;

/** Asks cryptsetup for the volume key and the segment of a LUKS2 file. */
export function readIndependentVolume(path: string, keyfile: string): IndependentVolume {
  const dump = execFileSync(
    'cryptsetup',
    ['luksDump', '--batch-mode', '--dump-volume-key', '--key-file', keyfile, path],
    { encoding: 'utf8' },
  );
  const hex = dump.slice(dump.indexOf('MK dump:') + 'MK dump:'.length);
  const key = Buffer.from(hex.replaceAll(/[^0-9a-f]/g, ''), 'hex');
  const json = JSON.parse(
    execFileSync('cryptsetup', ['luksDump', '--dump-json-metadata', path], { encoding: 'utf8' }),
  ) as { segments: Record<string, { offset: string; sector_size: number }> };
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
