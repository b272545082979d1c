import { readFileSync } from 'node:fs';
import { libcFunction } from '../../main/system/libc.ts';
import { outweighOthers, setPrecedence } from './outweigh.ts';

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
 * Keeps other programs out of what is measured: puts the benchmark before them where it may, else
 * measures rounds again in which programs that are no part of it took processor time. On a shared
 * machine nothing else tells a slow arm from a disturbed one.
 */
export class OtherPrograms {
  readonly #processes: readonly number[];
  readonly #isAhead: boolean;
  /** Rounds that were disturbed every time. */
  disturbedRounds = 0;

  /**
   * @param load - `idle` where all processors are to be the benchmark's own.
   * @param processes - Of the benchmark, besides this one and its children that have ended.
   */
  constructor(load: string, processes: readonly number[]) {
    this.#processes = processes;
    const all = [process.pid, ...processes];
    const precedence = load === 'idle' ? 'real time' : 'ordinary';
    const areSet = all.map((id) => setPrecedence(id, precedence));
    const outweigh = all.map((id) => outweighOthers(id));
    this.#isAhead = (load === 'idle' ? areSet : outweigh).every((isDone) => isDone);
  }

  /** Returns the first undisturbed of a few measurements, or the last. */
  async calm<T>(measure: () => T | Promise<T>): Promise<T> {
    if (this.#isAhead) return measure();
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
