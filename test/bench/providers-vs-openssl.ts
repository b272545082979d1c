/**
 * `npm run bench:providers`: our providers beside `openssl speed -evp aes-256-xts`, one thread, in
 * paired rounds: a second of OpenSSL, then a slice of each of ours, and so on. Both count processor
 * time, not the clock, so that other work on the machine disturbs less. `--json` prints one
 * document, `--rounds N` changes how long it takes.
 */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { Arena } from '../../main/bytes/arena.ts';
import { ECB_WASM_ARENA_BYTES } from '../../main/crypto/xts-ecb-wasm.ts';
import { libcFunction } from '../../main/system/libc.ts';
import { KIB, MIB } from '../../shared/units.ts';
import { buildSubjects, type ProviderSubject } from './providers-subjects.ts';

const SLICE_MS = 120;
/** Linux, time.h. */
const CLOCK_THREAD_CPUTIME_ID = 3;
/** Linux, sys/resource.h. */
const RUSAGE_CHILDREN = -1;

type Result = Readonly<{
  provider: string;
  sectorBytes: number;
  requestBytes: number;
  mibPerSecond: number;
  microsecondsPerRequest: number;
  /** Ours by OpenSSL's of the same round: median, lowest and highest. */
  ratio: Readonly<{ median: number; lowest: number; highest: number }>;
  target: number;
}>;

const clockGettime = libcFunction<(clock: number, time: BigInt64Array) => number>(
  'int clock_gettime(int, void *)',
);
const time = new BigInt64Array(2);
const getrusage = libcFunction<(who: number, usage: BigInt64Array) => number>(
  'int getrusage(int, void *)',
);
/** struct rusage: two times of two words each, then counts. */
const usage = new BigInt64Array(18);

/** Processor time of this thread, milliseconds. */
function cpuMs(): number {
  clockGettime(CLOCK_THREAD_CPUTIME_ID, time);
  const [seconds = 0n, nanoseconds = 0n] = time;
  return Number(seconds) * 1000 + Number(nanoseconds) / 1e6;
}

/** Returns bytes per second of processor time. */
function measure({ run, requestBytes }: ProviderSubject): number {
  const perCheck = Math.max(1, Math.round((256 * KIB) / requestBytes));
  const startMs = cpuMs();
  let runs = 0;
  let elapsedMs = 0;
  while (elapsedMs < SLICE_MS) {
    for (let i = 0; i < perCheck; i += 1) run();
    runs += perCheck;
    elapsedMs = cpuMs() - startMs;
  }
  return (2 * runs * requestBytes * 1000) / elapsedMs;
}

/** Processor time of the children that have ended, milliseconds. */
function childrenCpuMs(): number {
  getrusage(RUSAGE_CHILDREN, usage);
  const [userSeconds = 0n, userMicros = 0n, systemSeconds = 0n, systemMicros = 0n] = usage;
  return Number(userSeconds + systemSeconds) * 1000 + Number(userMicros + systemMicros) / 1000;
}

/** Runs OpenSSL's program; returns what it printed and the processor time that it took. */
function runOpenSsl(args: readonly string[]): Readonly<{ printed: string; elapsedMs: number }> {
  const startMs = childrenCpuMs();
  const { stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  return { printed: `${stdout}${stderr}`, elapsedMs: childrenCpuMs() - startMs };
}

/**
 * Runs `openssl speed` for a second and returns bytes per second. Its own figure goes by the ticks
 * of the system's clock, which on a busy machine is wrong by a factor; the count of its calls and
 * the processor time of the process, less that of starting it, are exact.
 */
function measureOpenSsl(sectorBytes: number): number {
  const options = ['-mr', '-evp', 'aes-256-xts', '-bytes', String(sectorBytes), '-seconds', '1'];
  const startUp = runOpenSsl(['version']);
  const { printed, elapsedMs } = runOpenSsl(['speed', ...options]);
  const calls = /^\+R:(\d+):AES-256-XTS:/im.exec(printed)?.[1];
  if (calls === undefined) throw new Error(`openssl speed said nothing we know: ${printed}`);
  return (Number(calls) * sectorBytes * 1000) / (elapsedMs - startUp.elapsedMs);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))] ?? 0;
}

function toResult(
  subject: ProviderSubject,
  rates: readonly number[],
  ratios: readonly number[],
): Result {
  const { provider, sectorBytes, requestBytes, target } = subject;
  const rate = quantile(rates, 0.5);
  return {
    provider,
    sectorBytes,
    requestBytes,
    mibPerSecond: rate / MIB,
    microsecondsPerRequest: (requestBytes * 1e6) / rate,
    ratio: {
      median: quantile(ratios, 0.5),
      lowest: quantile(ratios, 0),
      highest: quantile(ratios, 1),
    },
    target,
  };
}

function print(openSsl: Readonly<Record<number, number>>, results: readonly Result[]): void {
  for (const [size, rate] of Object.entries(openSsl))
    console.log(`openssl speed -evp aes-256-xts -bytes ${size}: ${rate.toFixed(0)} MiB/s`);
  console.log(
    ['PROVIDER          ', 'SECTOR', 'REQUEST', '  MiB/s', '      us', ' RATIO', 'TARGET'].join(
      ' ',
    ),
  );
  for (const r of results) {
    const cells = [
      r.provider.padEnd(18),
      String(r.sectorBytes).padStart(6),
      `${r.requestBytes / KIB}K`.padStart(7),
      r.mibPerSecond.toFixed(0).padStart(7),
      r.microsecondsPerRequest.toFixed(2).padStart(8),
      r.ratio.median.toFixed(2).padStart(6),
      r.target.toFixed(2).padStart(6),
      r.ratio.median < r.target ? 'below' : 'ok   ',
      `(${r.ratio.lowest.toFixed(2)} to ${r.ratio.highest.toFixed(2)})`,
    ];
    console.log(cells.join(' '));
  }
}

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, rounds: { type: 'string', default: '9' } },
});
const subjects = buildSubjects(new Arena(ECB_WASM_ARENA_BYTES + 2 * MIB));
const rates = subjects.map(() => [] as number[]);
const ratios = subjects.map(() => [] as number[]);
const openSslRates: Record<number, number[]> = { 512: [], 4096: [] };
for (const warmUp of subjects) measure(warmUp);
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const sectorBytes of [4096, 512]) {
    const reference = measureOpenSsl(sectorBytes);
    openSslRates[sectorBytes]?.push(reference / MIB);
    for (const [index, subject] of subjects.entries()) {
      if (subject.sectorBytes !== sectorBytes) continue;
      const rate = measure(subject);
      rates[index]?.push(rate);
      ratios[index]?.push(rate / reference);
    }
  }
}
const results = subjects.map((s, index) => toResult(s, rates[index] ?? [], ratios[index] ?? []));
const openSsl = Object.fromEntries(
  Object.entries(openSslRates).map(([size, measured]) => [size, quantile(measured, 0.5)]),
);
const machine = cpus()[0]?.model ?? 'unknown';
if (values.json === true) console.log(JSON.stringify({ machine, openSsl, results }, null, 2));
else print(openSsl, results);
