/**
 * The engines beside each other, storage included: `node test/bench/engines.ts [--json] [--quick] [--idle]`.
 *
 * Each cell of provider, direction, request size and load runs inline, threaded, auto and inline
 * once more in turn, round by round; the figures are ratios to the inline run of the same round, and
 * the second inline run shows the noise. The container is a file in memory (tmpfs); "busy" means
 * that a program computes on every processor but one.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { listNativeImplementations } from '../../main/crypto/xts-native.ts';
import type { EngineMode, ProviderName } from '../../shared/model/engine.ts';
import { formatSize, KIB, MIB } from '../../shared/units.ts';
import {
  createEngineFixture,
  createFileDevice,
  type EngineFixture,
} from '../support/engine-fixture.ts';

const VOLUME_BYTES = 64 * MIB;
const SECTOR_BYTES = 4 * KIB;
const SIZES = [4 * KIB, 64 * KIB, 256 * KIB, MIB, 4 * MIB] as const;
const DIRECTIONS = ['read', 'write'] as const;
const LOADS = process.argv.includes('--idle') ? ['idle'] : ['idle', 'busy'];
const isQuick = process.argv.includes('--quick');
const ROUNDS = isQuick ? 7 : 15;
const ROUND_MS = isQuick ? 8 : 20;
/** For auto to learn a load before it is measured. */
const WARM_UP_MS = isQuick ? 60 : 150;
const SETTLE_MS = 300;

type Direction = (typeof DIRECTIONS)[number];
type Spread = Readonly<{ median: number; p5: number; p95: number }>;

/** One cell; arms as ratios of throughput to the inline run of the same round. */
type Cell = Readonly<{
  provider: string;
  load: string;
  direction: Direction;
  requestBytes: number;
  inlineMibPerSecond: Spread;
  threaded: Spread;
  auto: Spread;
  /** Inline against inline: what the machine makes of no difference. */
  noise: Spread;
  /** Of auto to the better of the two, by medians. */
  autoToBetter: number;
  /** From which length on auto splits now; null where it never does. */
  gateBytes: number | null;
}>;

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return { median: at(0.5), p5: at(0.05), p95: at(0.95) };
}

/** Returns requests per second. */
function measure(
  { engine, buffer }: EngineFixture,
  direction: Direction,
  requestBytes: number,
  durationMs: number,
): number {
  const view = buffer.subarray(0, requestBytes);
  const places = VOLUME_BYTES / requestBytes;
  const startMs = performance.now();
  let requests = 0;
  let elapsedMs = 0;
  while (elapsedMs < durationMs) {
    const at = (requests % places) * requestBytes;
    engine[direction](at, view, at / 512);
    requests += 1;
    elapsedMs = performance.now() - startMs;
  }
  return (requests * 1000) / elapsedMs;
}

/**
 * Each arm has a fixture of its own: an engine keeps what it has learnt, and the helpers of the
 * others sleep.
 */
type Arms = Readonly<Record<EngineMode | 'again', EngineFixture>>;

function runCell(
  arms: Arms,
  load: string,
  direction: Direction,
  requestBytes: number,
): Omit<Cell, 'provider'> {
  const names = ['inline', 'threaded', 'auto', 'again'] as const;
  const rates: Record<(typeof names)[number], number[]> = {
    inline: [],
    threaded: [],
    auto: [],
    again: [],
  };
  measure(arms.auto, direction, requestBytes, WARM_UP_MS);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of names)
      rates[name].push(measure(arms[name], direction, requestBytes, ROUND_MS));
  }
  const ratioOf = (name: (typeof names)[number]) =>
    spreadOf(rates[name].map((rate, round) => rate / (rates.inline[round] ?? rate)));
  const threaded = ratioOf('threaded');
  const auto = ratioOf('auto');
  const gateBytes = arms.auto.engine.gates?.[direction] ?? Number.POSITIVE_INFINITY;
  return {
    load,
    direction,
    requestBytes,
    inlineMibPerSecond: spreadOf(rates.inline.map((rate) => (rate * requestBytes) / MIB)),
    threaded,
    auto,
    noise: ratioOf('again'),
    autoToBetter: auto.median / Math.max(1, threaded.median),
    gateBytes: Number.isFinite(gateBytes) ? gateBytes : null,
  };
}

/** Occupies every processor but one until it is disposed. */
async function startLoad(load: string): Promise<Disposable> {
  const count = load === 'busy' ? Math.max(1, availableParallelism() - 1) : 0;
  const children: ChildProcess[] = Array.from({ length: count }, () =>
    spawn(process.execPath, ['-e', 'for (;;) {}'], { stdio: 'ignore' }),
  );
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  return {
    [Symbol.dispose]: () => {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}

async function runProvider(folder: string, provider: ProviderName): Promise<Cell[]> {
  using device = createFileDevice(`${folder}/${provider}`, VOLUME_BYTES);
  const create = () =>
    createEngineFixture({ storage: device, provider, sectorBytes: SECTOR_BYTES, helpers: 1 });
  await using inline = await create();
  await using threaded = await create();
  await using auto = await create();
  await using again = await create();
  inline.use('inline');
  again.use('inline');
  threaded.use('threaded');
  auto.use('auto');
  // Every page of the file is there before anything is measured.
  measure(inline, 'write', MIB, WARM_UP_MS);
  for (let at = 0; at < VOLUME_BYTES; at += 4 * MIB)
    inline.engine.write(at, inline.buffer, at / 512);
  const cells: Cell[] = [];
  for (const load of LOADS) {
    using _load = await startLoad(load);
    for (const direction of DIRECTIONS) {
      for (const requestBytes of SIZES) {
        const arms = { inline, threaded, auto, again };
        cells.push({ provider, ...runCell(arms, load, direction, requestBytes) });
      }
    }
  }
  return cells;
}

function toRow(cell: Cell): string {
  const ratio = ({ median, p5, p95 }: Spread) =>
    `${median.toFixed(2)} [${p5.toFixed(2)}-${p95.toFixed(2)}]`.padEnd(18);
  const gate = cell.gateBytes === null ? 'never' : formatSize(cell.gateBytes);
  return [
    cell.provider.padEnd(9),
    cell.load.padEnd(5),
    cell.direction.padEnd(6),
    formatSize(cell.requestBytes).padEnd(8),
    cell.inlineMibPerSecond.median.toFixed(0).padStart(6),
    ' ',
    ratio(cell.threaded),
    ratio(cell.auto),
    ratio(cell.noise),
    cell.autoToBetter.toFixed(2).padEnd(5),
    gate,
  ].join(' ');
}

const folder = mkdtempSync('/dev/shm/lockline-bench-');
try {
  const providers: ProviderName[] =
    listNativeImplementations().length > 0 ? ['native', 'ecb-wasm'] : ['ecb-wasm'];
  const cells: Cell[] = [];
  for (const provider of providers) cells.push(...(await runProvider(folder, provider)));
  const text = process.argv.includes('--json')
    ? JSON.stringify({ cells }, null, 2)
    : [
        'provider  load  way    size     MiB/s   threaded           auto               inline again       auto/better gate',
        ...cells.map(toRow),
      ].join('\n');
  process.stdout.write(`${text}\n`);
} finally {
  rmSync(folder, { recursive: true });
}
