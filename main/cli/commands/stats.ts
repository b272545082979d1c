import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ERROR_CODES } from '../../../shared/errors/codes.ts';
import type { WireError } from '../../../shared/errors/vault-error.ts';
import type { EngineEvents } from '../../../shared/model/engine.ts';
import {
  DIRECTIONS,
  type Direction,
  STAGES,
  type VolumeStatistics,
} from '../../../shared/model/statistics.ts';
import { formatSize } from '../../../shared/units.ts';
import { requireSession } from '../../services/open-sessions.ts';
import { isMounted, readSessionStatus } from '../../services/vault-operations.ts';
import { describeEngine } from '../describe-engine.ts';
import { formatTable, printResult } from '../output.ts';

type Options = Readonly<{ watch?: boolean; json?: boolean }>;

const WATCH_MS = 500;
const CLEAR_SCREEN = '\x1b[H\x1b[2J';

/** `lockline stats`: what a mounted vault did since its mount, and where the time went. */
export async function stats(fileOrFolder: string, options: Options): Promise<void> {
  const session = requireSession(resolve(fileOrFolder));
  const { path } = session;
  for (;;) {
    const { engine } = requireSession(session.path);
    const status = await readSessionStatus(session);
    const { statistics, engineEvents } = status;
    const text = [
      path,
      formatFault(status.fault ?? null),
      describeEngine(engine),
      formatEvents(engineEvents),
      formatStatistics(statistics ?? null),
    ]
      .filter((part) => part !== '')
      .join('\n\n');
    if (options.watch !== true) {
      printResult(options.json, { path, engine, ...status }, text);
      return;
    }
    // One document a line, for programs that read along; a screen for people.
    if (options.json) process.stdout.write(`${JSON.stringify({ path, engine, ...status })}\n`);
    else process.stdout.write(`${process.stdout.isTTY ? CLEAR_SCREEN : ''}${text}\n`);
    await sleep(WATCH_MS);
    if (!isMounted(session)) return;
  }
}

function formatFault(fault: WireError | null): string {
  if (fault === null) return '';
  const { message, advice } = ERROR_CODES[fault.code];
  return `${message}\n${advice}`;
}

/** What went wrong in the engine; every request was finished nevertheless. */
function formatEvents(events: EngineEvents | undefined): string {
  if (events === undefined) return '';
  const { helpersDied, helpersReplaced, helpersStuck, helpersRefused, fragmentsRedone } = events;
  return [
    `Crypto workers: ${helpersDied} died, ${helpersReplaced} put back, ${helpersStuck} stuck, ${helpersRefused} not started`,
    `${fragmentsRedone} fragments done again by the thread that does the I/O`,
  ].join('; ');
}

function formatStatistics(statistics: VolumeStatistics | null): string {
  if (statistics === null) return 'This vault keeps no statistics';
  const heading = [
    '',
    'REQUESTS',
    'BYTES',
    'ERRORS',
    'SPLIT',
    'MEAN us',
    'P50',
    'P95',
    'P99',
    'MAX',
  ];
  const rows = DIRECTIONS.map((direction) => toRow(direction, statistics));
  const stages = DIRECTIONS.flatMap((direction) =>
    STAGES.filter((stage) => statistics[direction].stages[stage].count > 0).map((stage) => {
      const { mean, p50, p95, p99, maximum } = statistics[direction].stages[stage];
      return [`${direction}: ${stage}`, ...[mean, p50, p95, p99, maximum].map(toMicroseconds)];
    }),
  );
  const table = [
    formatTable([heading, ...rows]),
    ...formatCache(statistics),
    ...formatLag(statistics),
  ].join('\n\n');
  if (stages.length === 0) return table;
  return `${table}\n\n${formatTable([['STAGE', 'MEAN us', 'P50', 'P95', 'P99', 'MAX'], ...stages])}`;
}

function formatCache({ cache }: VolumeStatistics): readonly string[] {
  if (!cache) return [];
  const { hits, misses, decryptedBytes, encryptedBytes } = cache;
  return [
    `Cache: ${hits} pages from memory, ${misses} not; ${formatSize(decryptedBytes)} decrypted, ${formatSize(encryptedBytes)} encrypted`,
  ];
}

function formatLag({ loopLagMs }: VolumeStatistics): readonly string[] {
  if (loopLagMs === undefined) return [];
  return [`Vault process: ${loopLagMs.toFixed(1)} ms late for its last turn`];
}

function toRow(direction: Direction, statistics: VolumeStatistics): readonly string[] {
  const { requests, bytes, errors, split, latency } = statistics[direction];
  const { mean, p50, p95, p99, maximum } = latency;
  const times = [mean, p50, p95, p99, maximum].map(toMicroseconds);
  const counts = [String(requests), formatSize(bytes), String(errors), String(split)];
  return [direction, ...counts, ...times];
}

function toMicroseconds(value: number): string {
  return value.toFixed(value < 100 ? 1 : 0);
}
