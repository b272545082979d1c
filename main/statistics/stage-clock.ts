import { STAGES } from '../../shared/model/statistics.ts';
import { recordLatency } from './latency-histogram.ts';
import {
  COUNTER,
  counterAt,
  type DirectionIndex,
  latencyAt,
  type SharedStatistics,
  STAGE_INDEX,
  stageAt,
} from './volume-statistics.ts';

/** PERF: the clock costs about 35 ns a look; one small request in eight pays for it. */
const SAMPLE_MASK = 7;
/** Requests of at least this size are always sampled: there the clock is nothing. */
const ALWAYS_BYTES = 128 * 1024;
const FAILED = -1;

export const TRANSPORT = STAGE_INDEX.transport;
export const FILESYSTEM = STAGE_INDEX.filesystem;
export const CACHE = STAGE_INDEX.cache;
export const HAND_OVER = STAGE_INDEX['hand-over'];
export const CRYPTO = STAGE_INDEX.crypto;
export const STORAGE = STAGE_INDEX.storage;

/**
 * Tells of each request where its time goes: the layers say `enter` as the request passes them,
 * and at the end each stage's share goes into its histogram. One per serving thread; requests do
 * not overlap. Counts every request, times a sample.
 */
export class StageClock {
  readonly #shared: SharedStatistics;
  readonly #elapsedMs = new Float64Array(STAGES.length);
  #isOpen = false;
  #movedBytes = FAILED;
  #isTiming = false;
  #stage = TRANSPORT;
  #sinceMs = 0;
  #startedMs = 0;
  #sequence = 0;
  #direction: DirectionIndex = 0;
  /** Requests that the one at hand stands for, where it is timed. */
  #weight = 1;

  constructor(shared: SharedStatistics) {
    this.#shared = shared;
  }

  /** Whether the request at hand is timed. */
  get isTiming(): boolean {
    return this.#isTiming;
  }

  /**
   * Begins a request.
   *
   * @param requestBytes - What was asked for; decides whether it is timed.
   */
  begin(direction: DirectionIndex, requestBytes: number): void {
    this.#direction = direction;
    this.#isOpen = true;
    this.#movedBytes = FAILED;
    this.#add(COUNTER.started, 1);
    this.#sequence += 1;
    const isLarge = requestBytes >= ALWAYS_BYTES;
    this.#isTiming = isLarge || (this.#sequence & SAMPLE_MASK) === 0;
    this.#weight = isLarge ? 1 : SAMPLE_MASK + 1;
    if (!this.#isTiming) return;
    this.#elapsedMs.fill(0);
    this.#stage = TRANSPORT;
    this.#startedMs = performance.now();
    this.#sinceMs = this.#startedMs;
  }

  /** The request is in another stage from now on. Returns the stage before, to go back to. */
  enter(stage: number): number {
    if (!this.#isTiming) return stage;
    const nowMs = performance.now();
    const before = this.#stage;
    this.#elapsedMs[before] = (this.#elapsedMs[before] ?? 0) + nowMs - this.#sinceMs;
    this.#stage = stage;
    this.#sinceMs = nowMs;
    return before;
  }

  /** The request did what it was for: `bytes` were read or written. Without it, it counts as failed. */
  succeed(bytes: number): void {
    this.#movedBytes = bytes;
  }

  /** Ends the request that was begun, if any: called when its answer is out. */
  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#add(COUNTER.requests, 1);
    if (this.#movedBytes < 0) this.#add(COUNTER.errors, 1);
    else this.#add(COUNTER.bytes, this.#movedBytes);
    if (this.#isTiming) this.#record();
  }

  #record(): void {
    const { histograms } = this.#shared;
    const direction = this.#direction;
    this.enter(TRANSPORT);
    this.#isTiming = false;
    const spentMs = this.#sinceMs - this.#startedMs;
    recordLatency(histograms, latencyAt(direction), spentMs);
    this.#add(COUNTER.busyMs, spentMs * this.#weight);
    for (let stage = 0; stage < this.#elapsedMs.length; stage += 1) {
      const elapsedMs = this.#elapsedMs[stage] ?? 0;
      if (elapsedMs > 0) recordLatency(histograms, stageAt(direction, stage), elapsedMs);
    }
  }

  #add(counter: number, amount: number): void {
    const { counters } = this.#shared;
    const at = counterAt(this.#direction, counter);
    counters[at] = (counters[at] ?? 0) + amount;
  }
}
