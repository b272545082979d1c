import type { BenchmarkRow } from '../../shared/model/benchmark.ts';
import { ENGINE_MODES, type EngineMode, MAX_ENGINE_THREADS } from '../../shared/model/engine.ts';
import { DIRECTIONS } from '../../shared/model/statistics.ts';
import { KIB, MIB } from '../../shared/units.ts';
import type { FileDevice } from '../block/file-device.ts';
import { physicalCores } from '../system/physical-cores.ts';
import { BENCH_SECTOR_BYTES, type BenchEngine, burst, createBenchEngine } from './bench-engine.ts';
import { measureInTurn, partOf, type Rounds, toMibRates } from './measure-rates.ts';

const SIZES = [4 * KIB, 64 * KIB, MIB, 4 * MIB] as const;
const DEPTHS = [1, 4, 32] as const;
const SWEEP_SIZES = [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096].map((kib) => kib * KIB);
const SCALING_BYTES = MIB;
/** More threads than cores say how an engine bears with too many; more than this say nothing. */
const MOST_SCALING_THREADS = 8;

type Engines = Readonly<Record<EngineMode, BenchEngine>>;
type Case = Readonly<{ direction: 'read' | 'write'; requestBytes: number; depth: number }>;

/**
 * Measures the engines on a file, storage included, in turn: requests of each size, handed over one
 * after another in bursts of each depth. A volume serves one request at a time, so depth tells how
 * an engine bears with requests that follow each other at once and with memory that is cold.
 */
export async function measureEngines(
  container: FileDevice,
  rounds: Rounds,
): Promise<readonly BenchmarkRow[]> {
  const cases = DIRECTIONS.flatMap((direction) =>
    SIZES.flatMap((requestBytes) => DEPTHS.map((depth) => ({ direction, requestBytes, depth }))),
  );
  return measureModes(container, 'engine', cases, rounds);
}

/** Measures the engines over request sizes, one request at a time: where the hand-over pays. */
export async function measureSweep(
  container: FileDevice,
  rounds: Rounds,
): Promise<readonly BenchmarkRow[]> {
  const cases = SWEEP_SIZES.map((requestBytes) => ({
    direction: 'read' as const,
    requestBytes,
    depth: 1,
  }));
  return measureModes(container, 'sweep', cases, rounds);
}

/** Measures how the threaded engine gains by threads, the caller among them. */
export async function measureScaling(
  container: FileDevice,
  rounds: Rounds,
): Promise<readonly BenchmarkRow[]> {
  const most = Math.min(MOST_SCALING_THREADS, MAX_ENGINE_THREADS, physicalCores() + 1);
  const counts = Array.from({ length: most }, (_, index) => index + 1);
  await using engines = new AsyncDisposableStack();
  const subjects = [];
  for (const threads of counts) {
    const mode = threads === 1 ? 'inline' : 'threaded';
    const engine = engines.use(await createBenchEngine(container, mode, Math.max(1, threads - 1)));
    for (const direction of DIRECTIONS) {
      subjects.push({ threads, direction, run: burst(engine, direction, SCALING_BYTES, 1) });
    }
  }
  const rates = measureInTurn(subjects, rounds);
  return subjects.map(({ threads, direction }, index) => ({
    group: 'scaling',
    name: 'threaded',
    direction,
    sectorBytes: BENCH_SECTOR_BYTES,
    keyBits: null,
    requestBytes: SCALING_BYTES,
    depth: 1,
    threads,
    unit: 'MiB/s',
    ...toMibRates(rates[index], SCALING_BYTES),
  }));
}

async function measureModes(
  container: FileDevice,
  group: 'engine' | 'sweep',
  cases: readonly Case[],
  rounds: Rounds,
): Promise<readonly BenchmarkRow[]> {
  const helpers = Math.max(1, physicalCores() - 1);
  await using inline = await createBenchEngine(container, 'inline', helpers);
  await using threaded = await createBenchEngine(container, 'threaded', helpers);
  await using auto = await createBenchEngine(container, 'auto', helpers);
  const engines: Engines = { inline, threaded, auto };
  return cases.flatMap((one, part) => {
    const { direction, requestBytes, depth } = one;
    const subjects = ENGINE_MODES.map((mode) => ({
      run: burst(engines[mode], direction, requestBytes, depth),
    }));
    const rates = measureInTurn(subjects, partOf(rounds, part, cases.length));
    return ENGINE_MODES.map((name, index) => ({
      group,
      name,
      direction,
      sectorBytes: BENCH_SECTOR_BYTES,
      keyBits: null,
      requestBytes,
      depth,
      threads: null,
      unit: 'MiB/s' as const,
      ...toMibRates(rates[index], depth * requestBytes),
    }));
  });
}
