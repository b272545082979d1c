import {
  BENCHMARK_GROUPS,
  type BenchmarkRequest,
  benchmarkRequestSchema,
  CIPHER_BUFFER_BYTES,
  DEFAULT_BENCHMARK_CHOICES,
  MOST_STORAGE_RUNS,
  STORAGE_CONTENTS,
  STORAGE_FILE_BYTES,
  STORAGE_TEST_NAMES,
} from '../../shared/model/benchmark.ts';
import { formatSize, parseSize } from '../../shared/units.ts';
import { badOption } from './usage-error.ts';

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

/** By field of the request: the option that it comes from, and what can be given. */
const OPTIONS: Readonly<Record<string, readonly [option: string, allowed: string]>> = {
  groups: ['--only', BENCHMARK_GROUPS.join(', ')],
  bufferBytes: ['--buffer', CIPHER_BUFFER_BYTES.map(formatSize).join(', ')],
  fileBytes: [
    '--file-size',
    `whole MiB, ${formatSize(STORAGE_FILE_BYTES.least)} to ${formatSize(STORAGE_FILE_BYTES.most)}`,
  ],
  tests: ['--tests', STORAGE_TEST_NAMES.join(', ')],
  runs: ['--runs', `1 to ${MOST_STORAGE_RUNS}`],
  intervalMs: ['--interval', '0 to 600 seconds'],
  content: ['--content', STORAGE_CONTENTS.join(', ')],
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
  const [option, allowed] = OPTIONS[field] ?? [field, ''];
  throw badOption(option, allowed);
}

function parseList(text: string): readonly string[] {
  return [...new Set(text.split(',').map((part) => part.trim()))];
}

function parseNumber(text: string): number {
  return /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
}
