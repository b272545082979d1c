import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { BenchmarkRow, UnavailableRow } from '../../shared/model/benchmark.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 60_000;
const NAME = 'dm-crypt cipher';

type Outcome = Readonly<{
  rows: readonly BenchmarkRow[];
  unavailable: readonly UnavailableRow[];
}>;

/**
 * Measures the kernel's own AES-256-XTS in memory by `cryptsetup benchmark`, which reaches it without
 * root where the kernel offers its ciphers to programs. Needs the program `cryptsetup`.
 */
export async function measureKernel(): Promise<Outcome> {
  const args = ['benchmark', '--cipher', 'aes-xts-plain64', '--key-size', '512'];
  try {
    const { stdout, stderr } = await run('cryptsetup', args, {
      timeout: TIMEOUT_MS,
      env: { ...process.env, LC_ALL: 'C', PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
    });
    const rows = parseCipherBenchmark(stdout);
    return rows.length > 0 ? { rows, unavailable: [] } : refusal(stderr || stdout);
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    return refusal(isMissing ? 'the program cryptsetup is not installed' : said);
  }
}

/**
 * Parses the table of `cryptsetup benchmark`: `aes-xts  512b  2213.4 MiB/s  2244.6 MiB/s`, first
 * encryption, then decryption.
 */
export function parseCipherBenchmark(text: string): readonly BenchmarkRow[] {
  const match = /^\s*aes-xts\s+512b\s+([\d.]+) MiB\/s\s+([\d.]+) MiB\/s/m.exec(text);
  if (match === null) return [];
  return (['write', 'read'] as const).map((direction, index) => {
    const rate = Number(match[index + 1]);
    return {
      group: 'kernel',
      name: NAME,
      direction,
      sectorBytes: null,
      keyBits: 512,
      requestBytes: null,
      depth: null,
      threads: null,
      unit: 'MiB/s',
      median: rate,
      p5: rate,
      p95: rate,
      deviation: 0,
      isReliable: true,
    };
  });
}

function refusal(said: string): Outcome {
  const line = said
    .split('\n')
    .map((text) => text.trim())
    .findLast((text) => text !== '' && !text.startsWith('#'));
  const reason = line ?? 'cryptsetup gave no figures';
  return { rows: [], unavailable: [{ group: 'kernel', name: NAME, reason }] };
}
