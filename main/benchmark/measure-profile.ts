import { randomInt } from 'node:crypto';
import type { StorageProfile } from '../../shared/model/benchmark.ts';
import { KIB, MIB } from '../../shared/units.ts';
import type { FileDevice } from '../block/file-device.ts';
import { Arena } from '../bytes/arena.ts';
import type { BenchFile } from './bench-volume.ts';

const SECTOR_BYTES = 4 * KIB;
const FULL = { places: 100, accesses: 1000 } as const;
const QUICK = { places: 32, accesses: 100 } as const;
const MOST_SAMPLE_MIB = 10;

/**
 * Measures a file from its beginning to its end: rates at even places, and single small reads at
 * places drawn by chance. Each place once: it is the shape that tells, not the single figure.
 */
export function measureProfile({ device, direct }: BenchFile, isQuick: boolean): StorageProfile {
  const storage = direct ?? device;
  const wanted = isQuick ? QUICK : FULL;
  const fileMib = Math.floor(storage.sizeBytes / MIB);
  const places = Math.min(wanted.places, fileMib);
  const strideMib = Math.floor(fileMib / places);
  const buffer = new Arena(MIB + SECTOR_BYTES).allocate(MIB, SECTOR_BYTES);
  const sampleMib = Math.min(MOST_SAMPLE_MIB, strideMib);
  return {
    isDirect: direct !== null,
    sampleBytes: sampleMib * MIB,
    rates: Array.from({ length: places }, (_, place) =>
      measurePlace(storage, buffer, place * strideMib, sampleMib),
    ),
    accesses: measureAccesses(storage, buffer.subarray(0, SECTOR_BYTES), wanted.accesses),
  };
}

function measurePlace(
  storage: FileDevice,
  buffer: Buffer,
  atMib: number,
  sampleMib: number,
): StorageProfile['rates'][number] {
  const rate = (run: (atBytes: number) => void) => {
    const startMs = performance.now();
    for (let done = 0; done < sampleMib; done += 1) run((atMib + done) * MIB);
    return round((sampleMib / (performance.now() - startMs)) * 1000);
  };
  return {
    offsetBytes: atMib * MIB,
    read: rate((atBytes) => storage.readInto(atBytes, buffer)),
    write: rate((atBytes) => storage.writeFrom(atBytes, buffer)),
  };
}

function measureAccesses(
  storage: FileDevice,
  buffer: Buffer,
  count: number,
): StorageProfile['accesses'] {
  const accesses = Array.from({ length: count }, () => {
    const offsetBytes = randomInt(storage.sizeBytes / SECTOR_BYTES) * SECTOR_BYTES;
    const startMs = performance.now();
    storage.readInto(offsetBytes, buffer);
    return { offsetBytes, microseconds: round((performance.now() - startMs) * 1000) };
  });
  return accesses.toSorted((a, b) => a.offsetBytes - b.offsetBytes);
}

/** Reports are kept: more digits than a figure is worth would only take space. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
