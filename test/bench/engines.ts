/**
 * `npm run bench:engines`: the engines beside each other, storage included, called directly: what
 * engine and storage do without a transport.
 *
 * Each cell of provider, load, direction, request size and depth runs inline, threaded, auto and
 * inline once more in turn, round by round. The container is a file in memory (tmpfs); "busy" means
 * that a program computes on every processor but one; depth is how many requests come at the same
 * moment, each with memory of its own, to be served one after another: latency is counted from then.
 *
 * `--json`, `--quick`, `--rounds N`, `--ms N` (of a run), and lists with commas to choose cells:
 * `--providers`, `--loads`, `--directions`, `--sizes` (KiB), `--depths`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { listNativeImplementations } from '../../main/crypto/xts-native.ts';
import { PROVIDER_NAMES } from '../../shared/model/engine.ts';
import { DIRECTIONS, type Direction } from '../../shared/model/statistics.ts';
import { formatSize, KIB, MIB } from '../../shared/units.ts';
import {
  createEngineFixture,
  createFileDevice,
  type EngineFixture,
} from '../support/engine-fixture.ts';
import {
  type ArmFigures,
  type ArmName,
  armsOf,
  compareArms,
  FIGURES_HEADING,
  formatFigures,
  formatSummary,
  percentile99,
  type Run,
  startLoad,
} from './arms.ts';
import { OtherPrograms } from './other-programs.ts';

const VOLUME_BYTES = 64 * MIB;
const SECTOR_BYTES = 4 * KIB;
/** Requests of a burst lie side by side in it, or share it where it is too little. */
const BUFFER_BYTES = 16 * MIB;
/** For auto to learn a load before it is measured, milliseconds. */
const WARM_UP_MS = 750;
/** After each change of the engine, which has a price of its own, milliseconds. */
const SETTLE_MS = 3;
const MOST_LATENCIES = 100_000;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean' },
    quick: { type: 'boolean' },
    rounds: { type: 'string' },
    ms: { type: 'string' },
    providers: {
      type: 'string',
      default: listNativeImplementations().length > 0 ? 'native,ecb-wasm' : 'ecb-wasm',
    },
    loads: { type: 'string', default: 'idle,busy' },
    directions: { type: 'string', default: 'read,write' },
    sizes: { type: 'string', default: '4,64,256,1024,4096' },
    depths: { type: 'string', default: '1,4,32' },
  },
});
const isQuick = options.quick === true;
const rounds = Number(options.rounds ?? (isQuick ? 5 : 15));
const runMs = Number(options.ms ?? (isQuick ? 10 : 30));

type Cell = ArmFigures &
  Readonly<{
    provider: string;
    load: string;
    direction: Direction;
    requestBytes: number;
    depth: number;
    /** From which length on auto splits now; null where it never does. */
    gateBytes: number | null;
  }>;
type CellKey = Pick<Cell, 'direction' | 'requestBytes' | 'depth'>;

let disturbedRounds = 0;
const latenciesMs = new Float64Array(MOST_LATENCIES);

function measure(
  { engine, buffer }: EngineFixture,
  { direction, requestBytes, depth }: CellKey,
  durationMs: number,
): Run {
  const places = VOLUME_BYTES / requestBytes;
  const startMs = performance.now();
  let requests = 0;
  let nowMs = startMs;
  while (nowMs - startMs < durationMs) {
    const burstMs = nowMs;
    for (let index = 0; index < depth; index += 1) {
      const place = (index * requestBytes) % BUFFER_BYTES;
      const at = (requests % places) * requestBytes;
      engine[direction](at, buffer.subarray(place, place + requestBytes), at / 512);
      nowMs = performance.now();
      latenciesMs[requests % MOST_LATENCIES] = nowMs - burstMs;
      requests += 1;
    }
  }
  const mibPerSecond = ((requests * requestBytes) / MIB / (nowMs - startMs)) * 1000;
  const known = latenciesMs.subarray(0, Math.min(requests, MOST_LATENCIES));
  return { mibPerSecond, p99Us: percentile99(known) * 1000 };
}

/** One engine for all arms, so that all have the same memory: what auto has learnt stays. */
async function runCell(
  fixture: EngineFixture,
  key: CellKey,
  others: OtherPrograms,
): Promise<ArmFigures & Pick<Cell, 'gateBytes'>> {
  const runs: Record<ArmName, Run[]> = { inline: [], threaded: [], auto: [], again: [] };
  fixture.use('auto');
  measure(fixture, key, WARM_UP_MS);
  let gateBytes = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const outcomes = await others.calm(() =>
      armsOf(round).map((arm) => {
        fixture.use(arm === 'again' ? 'inline' : arm);
        measure(fixture, key, SETTLE_MS);
        const outcome = measure(fixture, key, runMs);
        gateBytes = fixture.engine.gates?.[key.direction] ?? gateBytes;
        return [arm, outcome] as const;
      }),
    );
    for (const [arm, outcome] of outcomes) runs[arm].push(outcome);
  }
  return { ...compareArms(runs), gateBytes: Number.isFinite(gateBytes) ? gateBytes : null };
}

function* cellKeys(): Generator<CellKey> {
  const numbers = (list: string) => list.split(',').map(Number);
  const directions = options.directions.split(',');
  for (const direction of DIRECTIONS.filter((name) => directions.includes(name))) {
    for (const size of numbers(options.sizes)) {
      for (const depth of numbers(options.depths))
        yield { direction, requestBytes: size * KIB, depth };
    }
  }
}

async function runProvider(folder: string, name: string): Promise<Cell[]> {
  const provider = PROVIDER_NAMES.find((known) => known === name);
  if (provider === undefined) throw new RangeError(`there is no provider ${name}`);
  using device = createFileDevice(`${folder}/${provider}`, VOLUME_BYTES);
  await using fixture = await createEngineFixture({
    storage: device,
    provider,
    sectorBytes: SECTOR_BYTES,
    helpers: 1,
    bufferBytes: BUFFER_BYTES,
  });
  fixture.use('inline');
  // Every page of the file is there before anything is measured.
  for (let at = 0; at < VOLUME_BYTES; at += 4 * MIB)
    fixture.engine.write(at, fixture.buffer.subarray(0, 4 * MIB), at / 512);
  const cells: Cell[] = [];
  for (const load of options.loads.split(',')) {
    using running = await startLoad(load);
    const others = new OtherPrograms(load, running.processes);
    for (const key of cellKeys())
      cells.push({ provider, load, ...key, ...(await runCell(fixture, key, others)) });
    disturbedRounds += others.disturbedRounds;
  }
  return cells;
}

function toRow(cell: Cell): string {
  return [
    cell.provider.padEnd(9),
    cell.load.padEnd(5),
    cell.direction.padEnd(6),
    formatSize(cell.requestBytes).padEnd(8),
    String(cell.depth).padEnd(5),
    formatFigures(cell),
    cell.gateBytes === null ? 'never' : formatSize(cell.gateBytes),
  ].join(' ');
}

const folder = mkdtempSync('/dev/shm/lockline-bench-');
try {
  const cells: Cell[] = [];
  for (const provider of options.providers.split(','))
    cells.push(...(await runProvider(folder, provider)));
  const heading = `provider  load  way    size     depth ${FIGURES_HEADING} splits from`;
  const text = [heading, ...cells.map(toRow), '', formatSummary(cells, disturbedRounds)].join('\n');
  process.stdout.write(
    `${options.json === true ? JSON.stringify({ cells, rounds, runMs, disturbedRounds }, null, 2) : text}\n`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
