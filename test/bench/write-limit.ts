/**
 * `npm run bench:write-limit`: how much can a second thread bring where 1 MiB is encrypted and written
 * to a file in memory (tmpfs)? Writes alone, in fragments of 64 KiB as the engine makes them: by one
 * thread, by two to one file, by two to a file each, and by two as copies into a mapping of one file,
 * in turn, round by round. The kernel lets one write at a time into a file (`inode_lock`), so what a
 * second thread can take over is the cipher; the last line says how much that is at most.
 *
 * A mapping is measured for comparison only: where the storage is full or fails, a store into it is
 * a signal (SIGBUS) that ends the process, not an error that the caller hears of.
 */
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import { libcFunction } from '../../main/system/libc.ts';
import { KIB, MIB } from '../../shared/units.ts';
import { createEngineFixture } from '../support/engine-fixture.ts';
import { spreadOf } from './arms.ts';
import { setPrecedence } from './outweigh.ts';

const FRAGMENT_BYTES = 64 * KIB;
const RANGE_BYTES = 32 * MIB;
const ROUNDS = 15;
const ROUND_MS = 40;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;

/** Words that both threads see. */
const WORD = { turn: 0, isOver: 1, ended: 2, secondCount: 3, never: 4 } as const;
const WAYS = ['one thread', 'one file', 'a file each', 'one mapping'] as const;
type Way = (typeof WAYS)[number];
type Shared = Readonly<{ words: Int32Array; fds: readonly number[] }>;

const mmap = libcFunction<
  (
    at: number,
    bytes: number,
    protection: number,
    flags: number,
    fd: number,
    offset: number,
  ) => number
>('uintptr_t mmap(uintptr_t, size_t, int, int, int, int64_t)');
const munmap = libcFunction<(at: number, bytes: number) => number>('int munmap(uintptr_t, size_t)');
const memcpy = libcFunction<(to: number, from: Uint8Array, bytes: number) => number>(
  'uintptr_t memcpy(uintptr_t to, const void *from, size_t bytes)',
);

/** Writes one fragment after another until the turn is over; returns how many. */
function writeFragments({ words, fds }: Shared, way: Way, thread: number): number {
  const fd = fds[way === 'a file each' ? thread : 0] ?? -1;
  const source = Buffer.alloc(FRAGMENT_BYTES, thread + 1);
  const from = thread * RANGE_BYTES;
  const mapping =
    way === 'one mapping' ? mmap(0, 2 * RANGE_BYTES, PROT_READ_WRITE, MAP_SHARED, fd, 0) : 0;
  let count = 0;
  while (Atomics.load(words, WORD.isOver) === 0) {
    const at = from + ((count * FRAGMENT_BYTES) % RANGE_BYTES);
    if (mapping === 0) writeSync(fd, source, 0, FRAGMENT_BYTES, at);
    else memcpy(mapping + at, source, FRAGMENT_BYTES);
    count += 1;
  }
  if (mapping !== 0) munmap(mapping, 2 * RANGE_BYTES);
  return count;
}

/** The second thread: takes part in each turn but those of one thread. */
function serveTurns(shared: Shared): void {
  const { words } = shared;
  for (let turn = 1; ; turn += 1) {
    Atomics.wait(words, WORD.turn, turn - 1);
    const way = WAYS[Atomics.load(words, WORD.turn) === turn ? (turn - 1) % WAYS.length : -1];
    if (way === undefined) return;
    const count = way === 'one thread' ? 0 : writeFragments(shared, way, 1);
    Atomics.store(words, WORD.secondCount, count);
    Atomics.store(words, WORD.ended, turn);
    Atomics.notify(words, WORD.ended);
  }
}

/** Returns MiB per second of both threads together. */
async function measureTurn(shared: Shared, turn: number): Promise<number> {
  const { words } = shared;
  const way = WAYS[(turn - 1) % WAYS.length] ?? 'one thread';
  Atomics.store(words, WORD.isOver, 0);
  Atomics.store(words, WORD.turn, turn);
  Atomics.notify(words, WORD.turn);
  const startMs = performance.now();
  const timer = new Worker(
    `const { workerData: words } = require('node:worker_threads');
     Atomics.wait(words, ${WORD.never}, 0, ${ROUND_MS}); Atomics.store(words, ${WORD.isOver}, 1);`,
    { eval: true, workerData: words },
  );
  const own = writeFragments(shared, way, 0);
  Atomics.wait(words, WORD.ended, turn - 1);
  const elapsedMs = performance.now() - startMs;
  await new Promise((resolve) => timer.once('exit', resolve));
  const count = own + Atomics.load(words, WORD.secondCount);
  return (count * FRAGMENT_BYTES * 1000) / MIB / elapsedMs;
}

/** Returns MiB per second of the cipher alone, one thread, requests of 1 MiB. */
async function measureCipher(): Promise<number> {
  const device = new MemoryDevice(new Uint8Array(MIB));
  await using fixture = await createEngineFixture({
    storage: { ...device, sizeBytes: MIB, isReadOnly: false, readInto() {}, writeFrom() {} },
    provider: 'native',
    sectorBytes: 4 * KIB,
    helpers: 1,
  });
  const source = fixture.buffer.subarray(0, MIB);
  fixture.use('inline');
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startMs = performance.now();
    let count = 0;
    for (; performance.now() - startMs < ROUND_MS; count += 1) fixture.engine.write(0, source, 0);
    rates.push((count * 1000) / (performance.now() - startMs));
  }
  return spreadOf(rates).median;
}

async function main(): Promise<void> {
  const folder = mkdtempSync('/dev/shm/lockline-limit-');
  const fds = ['a', 'b'].map((name) => openSync(`${folder}/${name}`, 'w+'));
  try {
    for (const fd of fds) ftruncateSync(fd, 2 * RANGE_BYTES);
    const shared = { words: new Int32Array(new SharedArrayBuffer(64)), fds };
    const second = new Worker(new URL(import.meta.url), { workerData: shared });
    await new Promise((resolve) => second.once('online', resolve));
    setPrecedence(process.pid, 'real time');
    const rates = new Map<Way, number[]>(WAYS.map((way) => [way, []]));
    for (let turn = 1; turn <= ROUNDS * WAYS.length; turn += 1)
      rates
        .get(WAYS[(turn - 1) % WAYS.length] ?? 'one thread')
        ?.push(await measureTurn(shared, turn));
    Atomics.store(shared.words, WORD.turn, -1);
    Atomics.notify(shared.words, WORD.turn);
    const one = rates.get('one thread') ?? [];
    for (const [way, values] of rates) {
      const { median, p5, p95 } = spreadOf(
        values.map((rate, round) => rate / (one[round] ?? rate)),
      );
      console.log(
        `${way.padEnd(12)} ${spreadOf(values).median.toFixed(0).padStart(6)} MiB/s  ` +
          `x ${median.toFixed(2)} [${p5.toFixed(2)}-${p95.toFixed(2)}]`,
      );
    }
    const [cipherMs, writeMs] = [await measureCipher(), spreadOf(one).median].map((r) => 1000 / r);
    const aloneMs = (cipherMs ?? 0) + (writeMs ?? 0);
    const splitMs = Math.max(aloneMs / 2, writeMs ?? 0);
    console.log(
      `1 MiB: cipher ${cipherMs?.toFixed(3)} ms, write ${writeMs?.toFixed(3)} ms; split at most ` +
        `x ${(aloneMs / splitMs).toFixed(2)} of inline, since only one thread writes at a time`,
    );
  } finally {
    for (const fd of fds) closeSync(fd);
    rmSync(folder, { recursive: true });
  }
}

if (isMainThread) await main();
else serveTurns(workerData as Shared);
