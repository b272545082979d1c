import { randomBytes } from 'node:crypto';
import type { BenchmarkRow } from '../../../shared/model/benchmark.ts';
import { ENGINE_MODES, type EngineMode } from '../../../shared/model/engine.ts';
import { DIRECTIONS } from '../../../shared/model/statistics.ts';
import { KIB, MIB } from '../../../shared/units.ts';
import type { FileDevice } from '../../block/file-device.ts';
import { ARENA_SPLIT_SLACK_BYTES, Arena } from '../../bytes/arena.ts';
import { CryptoPool } from '../../engine/crypto-pool.ts';
import { LiveEngine } from '../../engine/live-engine.ts';
import { POOL_ARENA_BYTES, poolWords } from '../../engine/pool-layout.ts';
import { physicalCores } from '../../system/physical-cores.ts';
import { scatteredOffsets } from './bench-volume.ts';
import { measureInTurn, type Rounds } from './measure-rates.ts';

const SECTOR_BYTES = 4 * KIB;
const KEY_BYTES = 64;
const SIZES = [4 * KIB, 64 * KIB, MIB, 4 * MIB] as const;
const DEPTHS = [1, 4, 32] as const;
/** Requests of one depth lie side by side in this much memory, or share it where it is too little. */
const BUFFER_BYTES = 32 * MIB;

type BenchEngine = AsyncDisposable & Readonly<{ engine: LiveEngine; buffer: Buffer }>;

/**
 * Measures the engines on a file, storage included, in turn: requests of each size, handed over one
 * after another in bursts of each depth. A volume serves one request at a time, so depth tells how
 * an engine bears with requests that follow each other at once and with memory that is cold.
 */
export async function measureEngines(
  container: FileDevice,
  rounds: Rounds,
): Promise<readonly BenchmarkRow[]> {
  await using inline = await createEngine(container, 'inline');
  await using threaded = await createEngine(container, 'threaded');
  await using auto = await createEngine(container, 'auto');
  const engines: Readonly<Record<EngineMode, BenchEngine>> = { inline, threaded, auto };
  const rows: BenchmarkRow[] = [];
  for (const direction of DIRECTIONS) {
    for (const requestBytes of SIZES) {
      for (const depth of DEPTHS) {
        const bursts = ENGINE_MODES.map((mode) => ({
          run: burst(engines[mode], direction, requestBytes, depth),
        }));
        const rates = measureInTurn(bursts, rounds);
        const toMib = (runs: number) => (runs * depth * requestBytes) / MIB;
        ENGINE_MODES.forEach((name, index) => {
          const rate = rates[index];
          if (rate === undefined) return;
          rows.push({
            group: 'engine',
            name,
            direction,
            sectorBytes: SECTOR_BYTES,
            requestBytes,
            depth,
            unit: 'MiB/s',
            median: toMib(rate.median),
            p5: toMib(rate.p5),
            p95: toMib(rate.p95),
            isReliable: rate.isReliable,
          });
        });
      }
    }
  }
  return rows;
}

function burst(
  { engine, buffer }: BenchEngine,
  direction: (typeof DIRECTIONS)[number],
  requestBytes: number,
  depth: number,
): () => void {
  const next = scatteredOffsets(requestBytes);
  const views = Array.from({ length: depth }, (_, index) => {
    const at = (index * requestBytes) % BUFFER_BYTES;
    return buffer.subarray(at, at + requestBytes);
  });
  return () => {
    for (const view of views) {
      const at = next();
      engine[direction](at, view, at / 512);
    }
  };
}

async function createEngine(container: FileDevice, mode: EngineMode): Promise<BenchEngine> {
  const helpers = Math.max(1, physicalCores() - 1);
  const arena = new Arena(
    LiveEngine.arenaBytes + POOL_ARENA_BYTES + BUFFER_BYTES + 4 * ARENA_SPLIT_SLACK_BYTES,
  );
  const memory = arena.split(POOL_ARENA_BYTES);
  const volumeKey = new SharedArrayBuffer(KEY_BYTES);
  new Uint8Array(volumeKey).set(randomBytes(KEY_BYTES));
  const pool = await CryptoPool.start({
    memory,
    helpers,
    provider: null,
    volumeKey,
    sectorBytes: SECTOR_BYTES,
    onEvent: () => {},
  });
  const key = new Uint8Array(volumeKey);
  const engine = new LiveEngine({
    storage: container,
    volumeKey: key,
    sectorBytes: SECTOR_BYTES,
    fromBytes: 0,
    arena,
  });
  const access = {
    words: poolWords(memory),
    helpers,
    onStuck: (helper: number) => pool.kill(helper),
    onRedone: () => {},
  };
  engine.apply({ read: mode, write: mode, provider: null, pool: access });
  return {
    engine,
    buffer: arena.allocate(BUFFER_BYTES, SECTOR_BYTES),
    async [Symbol.asyncDispose]() {
      engine[Symbol.dispose]();
      await pool.close();
    },
  };
}
