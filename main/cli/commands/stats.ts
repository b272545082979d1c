import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DIRECTIONS,
  type Direction,
  STAGES,
  type VolumeStatistics,
} from '../../../shared/model/statistics.ts';
import { formatSize } from '../../../shared/units.ts';
import { requireSession } from '../../services/open-sessions.ts';
import { isMounted, readSessionStatus } from '../../services/vault-operations.ts';
import { formatTable, printResult } from '../output.ts';

type Options = Readonly<{ watch?: boolean; json?: boolean }>;

const WATCH_MS = 500;
const CLEAR_SCREEN = '\x1b[H\x1b[2J';

/** `lockline stats`: what a mounted vault did since its mount, and where the time went. */
export async function stats(fileOrFolder: string, options: Options): Promise<void> {
  const session = requireSession(resolve(fileOrFolder));
  const { path, engine } = session;
  for (;;) {
    const status = await readSessionStatus(session);
    const { statistics } = status;
    const text = `${path}\n\n${formatStatistics(statistics ?? null)}`;
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

function formatStatistics(statistics: VolumeStatistics | null): string {
  if (statistics === null) return 'This vault keeps no statistics';
  const heading = ['', 'REQUESTS', 'BYTES', 'ERRORS', 'MEAN us', 'P50', 'P95', 'P99', 'MAX'];
  const rows = DIRECTIONS.map((direction) => toRow(direction, statistics));
  const stages = DIRECTIONS.flatMap((direction) =>
    STAGES.filter((stage) => statistics[direction].stages[stage].count > 0).map((stage) => {
      const { mean, p50, p95, p99, maximum } = statistics[direction].stages[stage];
      return [`${direction}: ${stage}`, ...[mean, p50, p95, p99, maximum].map(toMicroseconds)];
    }),
  );
  const table = formatTable([heading, ...rows]);
  if (stages.length === 0) return table;
  return `${table}\n\n${formatTable([['STAGE', 'MEAN us', 'P50', 'P95', 'P99', 'MAX'], ...stages])}`;
}

function toRow(direction: Direction, statistics: VolumeStatistics): readonly string[] {
  const { requests, bytes, errors, latency } = statistics[direction];
  const { mean, p50, p95, p99, maximum } = latency;
  const times = [mean, p50, p95, p99, maximum].map(toMicroseconds);
  return [direction, String(requests), formatSize(bytes), String(errors), ...times];
}

function toMicroseconds(value: number): string {
  return value.toFixed(value < 100 ? 1 : 0);
}
