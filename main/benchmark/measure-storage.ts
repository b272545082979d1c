import { randomBytes } from 'node:crypto';
import type { BenchmarkRow, StorageName, UnavailableRow } from '../../shared/model/benchmark.ts';
import { DIRECTIONS } from '../../shared/model/statistics.ts';
import { KIB, MIB } from '../../shared/units.ts';
import type { BlockDevice } from '../block/block-device.ts';
import { CryptDevice } from '../block/crypt-device.ts';
import type { FileDevice } from '../block/file-device.ts';
import { Arena } from '../bytes/arena.ts';
import { chooseProvider, PROVIDERS_ARENA_BYTES } from '../crypto/providers.ts';
import { InlineEngine } from '../engine/inline-engine.ts';
import { BENCH_FILE_BYTES, type BenchFile, scatteredOffsets } from './bench-volume.ts';
import { measureInTurn, type Rounds, toMibRates } from './measure-rates.ts';

const SECTOR_BYTES = 4 * KIB;
const REQUEST_SIZES = [4 * KIB, MIB] as const;
/** Of ten requests of a mix the first seven read. */
const MIX_OF = 10;
const MIX_READS = 7;

type Subject = Readonly<{ name: StorageName; device: Pick<BlockDevice, 'readInto' | 'writeFrom'> }>;
type Outcome = Readonly<{
  rows: readonly BenchmarkRow[];
  unavailable: readonly UnavailableRow[];
}>;

/**
 * Measures a file as it is and through encryption, in turn: with the system's cache as vaults use
 * it, and past it where the filesystem allows.
 *
 * @param mounted - A file inside a mounted vault of the same storage, or why there is none.
 */
export function measureStorage(
  { device, direct }: BenchFile,
  mounted: BenchFile | string,
  rounds: Rounds,
): Outcome {
  const parts = direct === null ? 1 : 2;
  const arena = new Arena(parts * CryptDevice.arenaBytes + PROVIDERS_ARENA_BYTES + 2 * MIB);
  const buffer = arena.allocate(MIB, SECTOR_BYTES);
  const encrypt = createEncryption(arena);
  const subjects: Subject[] = [
    { name: 'raw', device },
    { name: 'vault', device: encrypt(device) },
  ];
  const unavailable: UnavailableRow[] = [];
  const lack = (name: StorageName, reason: string) =>
    unavailable.push({ group: 'storage', name, reason });
  if (direct === null) {
    lack('raw-direct', 'this filesystem has no way past the cache');
    lack('vault-direct', 'this filesystem has no way past the cache');
  } else {
    subjects.push({ name: 'raw-direct', device: direct });
    subjects.push({ name: 'vault-direct', device: encrypt(direct) });
  }
  if (typeof mounted === 'string') lack('mounted', mounted);
  else if (mounted.direct === null) lack('mounted', 'the mount has no way past the cache');
  else subjects.push({ name: 'mounted', device: mounted.direct });
  return { rows: measureSubjects(subjects, buffer, rounds), unavailable };
}

/** Returns what puts encryption on a file, by the fastest provider and inline. */
function createEncryption(arena: Arena): (storage: FileDevice) => CryptDevice {
  const { provider } = chooseProvider(arena);
  const geometry = {
    offsetBytes: 0,
    lengthBytes: BENCH_FILE_BYTES,
    sectorBytes: SECTOR_BYTES,
    ivTweakSectors: 0,
  };
  return (storage) => {
    const engine = new InlineEngine(storage, provider, randomBytes(64), SECTOR_BYTES);
    return new CryptDevice(storage, engine, geometry, arena);
  };
}

function measureSubjects(
  subjects: readonly Subject[],
  buffer: Buffer,
  rounds: Rounds,
): readonly BenchmarkRow[] {
  const cases = REQUEST_SIZES.flatMap((requestBytes) =>
    [...DIRECTIONS, null].flatMap((direction) =>
      subjects.map(({ name, device }) => {
        const view = buffer.subarray(0, requestBytes);
        return { name, direction, requestBytes, run: transferOf(direction, device, view) };
      }),
    ),
  );
  const rates = measureInTurn(cases, rounds);
  return cases.map(({ name, direction, requestBytes }, index) => ({
    group: 'storage',
    name,
    direction,
    sectorBytes: name.startsWith('raw') ? null : SECTOR_BYTES,
    requestBytes,
    depth: 1,
    threads: null,
    unit: 'MiB/s',
    ...toMibRates(rates[index], requestBytes),
  }));
}

/** Returns what does the next request at another place. @param direction - Null: of a mix. */
function transferOf(
  direction: BenchmarkRow['direction'],
  device: Subject['device'],
  view: Buffer,
): () => void {
  const next = scatteredOffsets(view.length);
  const read = () => device.readInto(next(), view);
  const write = () => device.writeFrom(next(), view);
  if (direction !== null) return direction === 'read' ? read : write;
  let turn = 0;
  return () => {
    if (turn < MIX_READS) read();
    else write();
    turn = (turn + 1) % MIX_OF;
  };
}
