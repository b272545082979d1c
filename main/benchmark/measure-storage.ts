import { randomBytes } from 'node:crypto';
import {
  type BenchmarkRow,
  STORAGE_TESTS,
  type StorageChoices,
  type StorageName,
  type UnavailableRow,
} from '../../shared/model/benchmark.ts';
import { DIRECTIONS } from '../../shared/model/statistics.ts';
import { KIB, MIB } from '../../shared/units.ts';
import { CryptDevice } from '../block/crypt-device.ts';
import type { FileDevice } from '../block/file-device.ts';
import { Arena } from '../bytes/arena.ts';
import { chooseProvider, PROVIDERS_ARENA_BYTES } from '../crypto/providers.ts';
import { InlineEngine } from '../engine/inline-engine.ts';
import { AsyncIo } from '../system/async-io.ts';
import { type BenchFile, placesOf } from './bench-volume.ts';
import { measureInTurn, type Rounds, type Subject, toMibRates } from './measure-rates.ts';
import { type Transfer, transfersAtDepth, transfersInTurn } from './storage-transfers.ts';

const SECTOR_BYTES = 4 * KIB;
const MOST_DEPTH = Math.max(...Object.values(STORAGE_TESTS).map(({ depth }) => depth));
const READ_BUFFER_BYTES = Math.max(
  ...Object.values(STORAGE_TESTS).map(({ depth, requestBytes }) => depth * requestBytes),
);

type Way = Readonly<{
  name: StorageName;
  device: Pick<FileDevice, 'readInto' | 'writeFrom' | 'sizeBytes'>;
  /** Of a file past the cache, where requests can be under way at the same time. */
  fd?: number;
}>;
type Buffers = Readonly<{ read: Buffer; write: Buffer; encrypted: Buffer }>;
type Outcome = Readonly<{
  rows: readonly BenchmarkRow[];
  unavailable: readonly UnavailableRow[];
}>;

/**
 * Measures a file as it is and through encryption, in turn: with the system's cache as vaults use
 * it, one request at a time, and past it where the filesystem allows, at every depth.
 *
 * @param mounted - A file inside a mounted vault of the same storage, or why there is none.
 */
export function measureStorage(
  { device, direct }: BenchFile,
  mounted: BenchFile | string,
  choices: StorageChoices,
  rounds: Rounds,
): Outcome {
  const arena = new Arena(
    2 * CryptDevice.arenaBytes + 2 * PROVIDERS_ARENA_BYTES + READ_BUFFER_BYTES + 4 * MIB,
  );
  const buffers = createBuffers(arena, choices.content);
  const encrypt = createEncryption(arena);
  const ways: Way[] = [
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
    ways.push({ name: 'raw-direct', device: direct, fd: direct.fd });
    ways.push({ name: 'vault-direct', device: encrypt(direct) });
  }
  if (typeof mounted === 'string') lack('mounted', mounted);
  else if (mounted.direct === null) lack('mounted', 'the mount has no way past the cache');
  else ways.push({ name: 'mounted', device: mounted.direct, fd: mounted.direct.fd });
  using io = new DisposableIo();
  if (io.queue === null) lack('raw-direct', 'this system keeps no requests under way together');
  return { rows: measureWays(ways, buffers, io.queue, choices, rounds), unavailable };
}

/** A queue of the system, where it has one. */
class DisposableIo implements Disposable {
  readonly queue = AsyncIo.open(MOST_DEPTH);

  [Symbol.dispose](): void {
    this.queue?.[Symbol.dispose]();
  }
}

/** What is read goes to other memory than what is written, which would not be of its kind any more. */
function createBuffers(arena: Arena, content: StorageChoices['content']): Buffers {
  const allocate = (lengthBytes: number) => arena.allocate(lengthBytes, SECTOR_BYTES);
  const write = allocate(MIB);
  if (content === 'random') write.set(randomBytes(MIB));
  return { read: allocate(READ_BUFFER_BYTES), write, encrypted: allocate(MIB) };
}

/** Returns what puts encryption on a file, by the fastest provider and inline. */
function createEncryption(arena: Arena): (storage: FileDevice) => CryptDevice {
  const { provider } = chooseProvider(arena);
  return (storage) => {
    const geometry = {
      offsetBytes: 0,
      lengthBytes: storage.sizeBytes,
      sectorBytes: SECTOR_BYTES,
      ivTweakSectors: 0,
    };
    const engine = new InlineEngine(storage, provider, randomBytes(64), SECTOR_BYTES);
    return new CryptDevice(storage, engine, geometry, arena);
  };
}

type Case = Readonly<{
  name: StorageName;
  direction: BenchmarkRow['direction'];
  requestBytes: number;
  depth: number;
  /** Requests that one run of the subject does. */
  requests: number;
  subject: Subject;
}>;

function measureWays(
  ways: readonly Way[],
  buffers: Buffers,
  queue: AsyncIo | null,
  { tests }: StorageChoices,
  rounds: Rounds,
): readonly BenchmarkRow[] {
  const cases = tests.flatMap((test) =>
    [...DIRECTIONS, null].flatMap((direction) =>
      ways.flatMap((way): readonly Case[] => {
        const { requestBytes, depth } = STORAGE_TESTS[test];
        const subject = subjectOf(way, test, direction, buffers, queue);
        if (subject === null) return [];
        const requests = 'rate' in subject ? 1 : depth;
        return [{ name: way.name, direction, requestBytes, depth, requests, subject }];
      }),
    ),
  );
  const rates = measureInTurn(
    cases.map(({ subject }) => subject),
    rounds,
  );
  return cases.map(({ name, direction, requestBytes, depth, requests }, index) => ({
    group: 'storage',
    name,
    direction,
    sectorBytes: name.startsWith('raw') ? null : SECTOR_BYTES,
    keyBits: null,
    requestBytes,
    depth,
    threads: null,
    unit: 'MiB/s',
    ...toMibRates(rates[index], requests * requestBytes),
  }));
}

/**
 * Returns how a way is tested; null where it cannot be. Through encryption without a mount, requests
 * wait for those before them, as they do in a vault: it serves one after the other.
 */
function subjectOf(
  { name, device, fd }: Way,
  test: StorageChoices['tests'][number],
  direction: BenchmarkRow['direction'],
  buffers: Buffers,
  queue: AsyncIo | null,
): Subject | null {
  const { requestBytes, depth, isSequential } = STORAGE_TESTS[test];
  const isEncrypted = name === 'vault' || name === 'vault-direct';
  const transfer: Transfer = {
    direction,
    requestBytes,
    depth,
    next: placesOf(device.sizeBytes, requestBytes, isSequential),
    read: buffers.read,
    write: isEncrypted ? buffers.encrypted : buffers.write,
  };
  if (depth === 1 || name === 'vault-direct') return transfersInTurn(device, transfer);
  if (fd === undefined || queue === null) return null;
  return transfersAtDepth(queue, fd, transfer);
}
