import { readFileSync } from 'node:fs';
import { libcFunction } from '../../main/system/libc.ts';

/** Linux, sys/resource.h. */
const RUSAGE_CHILDREN = -1;
/** struct rusage: two times of two words each, then counts. */
const RUSAGE_WORDS = 18;
/** Unit of the kernel's times in /proc, USER_HZ. */
const TICK_MS = 10;
/** Fields of /proc/stat that are time at work: user, nice, system, irq, softirq, stolen by the host. */
const BUSY_FIELDS = [1, 2, 3, 6, 7, 8];
/** Fields of /proc/PID/stat behind the program's name: utime and stime. */
const OWN_FIELDS = [11, 12];
/** A round is disturbed where others took more than this and this share of its time. */
const FORGIVEN_MS = 2 * TICK_MS;
const FORGIVEN_SHARE = 0.04;
const MOST_ATTEMPTS = 6;

const getrusage = libcFunction<(who: number, usage: BigInt64Array) => number>(
  'int getrusage(int, void *)',
);

/**
 * Measures rounds again in which programs that are no part of the benchmark took processor time: on
 * a shared machine nothing else tells a slow arm from a disturbed one.
 */
export class OtherPrograms {
  readonly #processes: readonly number[];
  /** Rounds that were disturbed every time. */
  disturbedRounds = 0;

  /** @param processes - Of the benchmark, besides this one and its children that have ended. */
  constructor(processes: readonly number[]) {
    this.#processes = processes;
  }

  /** Returns the first undisturbed of a few measurements, or the last. */
  async calm<T>(measure: () => T | Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const [startMs, before] = [performance.now(), this.#othersMs()];
      const result = await measure();
      const othersMs = this.#othersMs() - before;
      const isCalm = othersMs <= FORGIVEN_MS + FORGIVEN_SHARE * (performance.now() - startMs);
      if (!isCalm && attempt < MOST_ATTEMPTS) continue;
      if (!isCalm) this.disturbedRounds += 1;
      return result;
    }
  }

  #othersMs(): number {
    const [all = ''] = readFileSync('/proc/stat', 'latin1').split('\n');
    const { user, system } = process.cpuUsage();
    const own = this.#processes.reduce((sum, pid) => sum + processMs(pid), 0);
    return sumOf(all.split(/\s+/), BUSY_FIELDS) - (user + system) / 1000 - childrenMs() - own;
  }
}

function sumOf(fields: readonly string[], indices: readonly number[]): number {
  return indices.reduce((sum, index) => sum + Number(fields[index] ?? 0), 0) * TICK_MS;
}

function processMs(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return sumOf(text.slice(text.lastIndexOf(')') + 2).split(' '), OWN_FIELDS);
}

function childrenMs(): number {
  const usage = new BigInt64Array(RUSAGE_WORDS);
  getrusage(RUSAGE_CHILDREN, usage);
  const [userS = 0n, userUs = 0n, systemS = 0n, systemUs = 0n] = usage;
  return Number(userS + systemS) * 1000 + Number(userUs + systemUs) / 1000;
}
