import { randomInt } from 'node:crypto';
import type { StorageProfile } from '../../shared/model/benchmark.ts';
import { KIB, MIB } from '../../shared/units.ts';
import type { FileDevice } from '../block/file-device.ts';
import { Arena } from '../bytes/arena.ts';
import { BENCH_FILE_BYTES, type BenchFile } from './bench-volume.ts';

const SECTOR_BYTES = 4 * KIB;
const FULL = { places: 64, accesses: 200 } as const;
const QUICK = { places: 32, accesses: 100 } as const;

/**
 * Measures a file from its beginning to its end: rates at even places, and single small reads at
 * places drawn by chance. Each place once: it is the shape that tells, not the single figure.
 */
export function measureProfile({ device, direct }: BenchFile, isQuick: boolean): StorageProfile {
  const storage = direct ?? device;
  const { places, accesses } = isQuick ? QUICK : FULL;
  const buffer = new Arena(MIB + SECTOR_BYTES).allocate(MIB, SECTOR_BYTES);
  return {
    isDirect: direct !== null,
    rates: measurePlaces(storage, buffer, places),
    accesses: measureAccesses(storage, buffer.subarray(0, SECTOR_BYTES), accesses),
  };
}

function measurePlaces(
  storage: FileDevice,
  buffer: Buffer,
  places: number,
): StorageProfile['rates'] {
  const strideBytes = BENCH_FILE_BYTES / places;
  return Array.from({ length: places }, (_, place) => {
    const offsetBytes = place * strideBytes;
    const rate = (run: (atBytes: number) => void) => {
      const startMs = performance.now();
      for (let done = 0; done < strideBytes; done += MIB) run(offsetBytes + done);
      return (strideBytes / MIB / (performance.now() - startMs)) * 1000;
    };
    return {
      offsetBytes,
      read: rate((atBytes) => storage.readInto(atBytes, buffer)),
      write: rate((atBytes) => storage.writeFrom(atBytes, buffer)),
    };
  });
}

function measureAccesses(
  storage: FileDevice,
  buffer: Buffer,
  count: number,
): StorageProfile['accesses'] {
  const accesses = Array.from({ length: count }, () => {
    const offsetBytes = randomInt(BENCH_FILE_BYTES / SECTOR_BYTES) * SECTOR_BYTES;
    const startMs = performance.now();
    storage.readInto(offsetBytes, buffer);
    return { offsetBytes, microseconds: (performance.now() - startMs) * 1000 };
  });
  return accesses.toSorted((a, b) => a.offsetBytes - b.offsetBytes);
}
