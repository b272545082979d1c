import { ContractError } from '../../shared/errors/vault-error.ts';
import {
  BENCHMARK_GROUPS,
  type BenchmarkRequest,
  benchmarkRequestSchema,
  DEFAULT_BENCHMARK_CHOICES,
} from '../../shared/model/benchmark.ts';
import { parseSize } from '../../shared/units.ts';

/** Options of `lockline bench`, as they were written. */
export type BenchOptions = Readonly<{
  quick?: boolean;
  only?: string;
  buffer?: string;
  fileSize?: string;
  tests?: string;
  runs?: string;
  interval?: string;
  content?: string;
}>;

/** Fields of the request by the option that they come from. */
const OPTION_OF_FIELD: Readonly<Record<string, string>> = {
  groups: '--only',
  bufferBytes: '--buffer',
  fileBytes: '--file-size',
  tests: '--tests',
  runs: '--runs',
  intervalMs: '--interval',
  content: '--content',
};

/** @throws ContractError `payload-invalid`, with the option's name. */
export function parseBenchOptions(options: BenchOptions): BenchmarkRequest {
  const { bufferBytes, storage } = DEFAULT_BENCHMARK_CHOICES;
  const { only, buffer, fileSize, tests, runs, interval, content } = options;
  const parsed = benchmarkRequestSchema.safeParse({
    groups: only === undefined ? [...BENCHMARK_GROUPS] : parseList(only),
    isQuick: options.quick === true,
    choices: {
      bufferBytes: buffer === undefined ? bufferBytes : parseSize(buffer),
      storage: {
        tests: tests === undefined ? [...storage.tests] : parseList(tests),
        fileBytes: fileSize === undefined ? storage.fileBytes : parseSize(fileSize),
        runs: runs === undefined ? storage.runs : parseNumber(runs),
        intervalMs: interval === undefined ? storage.intervalMs : parseNumber(interval) * 1000,
        content: content ?? storage.content,
      },
    },
  });
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path ?? [];
  const field = path.findLast((part) => typeof part === 'string') ?? '';
  throw new ContractError('payload-invalid', { argument: OPTION_OF_FIELD[field] ?? field });
}

function parseList(text: string): readonly string[] {
  return [...new Set(text.split(',').map((part) => part.trim()))];
}

function parseNumber(text: string): number {
  return /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
}
