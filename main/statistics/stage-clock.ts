import type { CacheStatistics } from '../../shared/model/statistics.ts';
import { recordLatency } from './latency-histogram.ts';
import { RequestTime } from './request-time.ts';
import {
  CACHE_COUNTER,
  COUNTER,
  cacheCounterAt,
  counterAt,
  type DirectionIndex,
  latencyAt,
  type SharedStatistics,
  STAGE_INDEX,
  stageAt,
} from './volume-statistics.ts';

/** PERF: the clock costs about 35 ns a look; one small request in 32 pays for it. */
const SAMPLE_MASK = 31;
/** Requests of at least this size are always sampled: there the clock is nothing. */
const ALWAYS_BYTES = 128 * 1024;

export const TRANSPORT = STAGE_INDEX.transport;
export const FILESYSTEM = STAGE_INDEX.filesystem;
export const CACHE = STAGE_INDEX.cache;
export const HAND_OVER = STAGE_INDEX['hand-over'];
export const CRYPTO = STAGE_INDEX.crypto;
export const STORAGE = STAGE_INDEX.storage;

/**
 * Tells of each request where its time goes: the layers say `enter` as the request passes them,
 * and at the end each stage's share goes into its histogram. One per serving thread, which works on
 * one request at a time; one that is served in pieces, with others between, is paused and resumed.
 * Counts every request, times a sample.
 */
export class StageClock {
  readonly #shared: SharedStatistics;
  /** Of whoever serves one request at a time; else it stands for none. */
  readonly #own = new RequestTime();
  #request = this.#own;
  #sequence = 0;

  constructor(shared: SharedStatistics) {
    this.#shared = shared;
  }

  /** Whether the request at hand is timed. */
  get isTiming(): boolean {
    return this.#request.isTiming;
  }

  /**
   * Begins a request.
   *
   * @param requestBytes - What was asked for; decides whether it is timed.
   * @param receivedMs - When it came in, as `performance.now()` tells: from then on it has waited in
   * the queue. 0 where that is not known: the kernel does not say it of a request of FUSE.
   */
  begin(direction: DirectionIndex, requestBytes: number, receivedMs = 0): void {
    const request = this.#request;
    request.open(direction);
    this.#add(COUNTER.started, 1);
    this.#sequence += 1;
    const isLarge = requestBytes >= ALWAYS_BYTES;
    if (!isLarge && (this.#sequence & SAMPLE_MASK) !== 0) return;
    request.weight = isLarge ? 1 : SAMPLE_MASK + 1;
    const nowMs = performance.now();
    request.start(nowMs, receivedMs === 0 ? 0 : nowMs - receivedMs);
  }

  /** Turns to another request, which was paused or is to begin; the one before is paused or ended. */
  resume(request: RequestTime): void {
    this.#request = request;
    if (!request.isTiming || request.pausedMs === 0) return;
    request.idleMs += performance.now() - request.pausedMs;
    request.pausedMs = 0;
  }

  /** Leaves the request at hand for a while: until it is resumed it is on its way, in transport. */
  pause(): void {
    const request = this.#request;
    if (request.isTiming) {
      this.enter(TRANSPORT);
      request.pausedMs = request.sinceMs;
    }
    this.#request = this.#own;
  }

  /** The request is in another stage from now on. Returns the stage before, to go back to. */
  enter(stage: number): number {
    return this.#request.isTiming ? this.#request.enter(stage, performance.now()) : stage;
  }

  /** The request was split among crypto workers, all of it or a part. */
  noteSplit(): void {
    const request = this.#request;
    if (!request.isOpen || request.isSplit) return;
    request.isSplit = true;
    this.#add(COUNTER.split, 1);
  }

  /** What the cache has counted since the mount. */
  noteCache({ hits, misses, decryptedBytes, encryptedBytes }: CacheStatistics): void {
    const { counters } = this.#shared;
    counters[cacheCounterAt(CACHE_COUNTER.hits)] = hits;
    counters[cacheCounterAt(CACHE_COUNTER.misses)] = misses;
    counters[cacheCounterAt(CACHE_COUNTER.decryptedBytes)] = decryptedBytes;
    counters[cacheCounterAt(CACHE_COUNTER.encryptedBytes)] = encryptedBytes;
  }

  /** The request did what it was for: `bytes` were read or written. Without it, it counts as failed. */
  succeed(bytes: number): void {
    this.#request.movedBytes = bytes;
  }

  /** Ends the request that was begun, if any: called when its answer is out. */
  end(): void {
    const request = this.#request;
    if (!request.isOpen) return;
    request.isOpen = false;
    this.#add(COUNTER.requests, 1);
    if (request.movedBytes < 0) this.#add(COUNTER.errors, 1);
    else this.#add(COUNTER.bytes, request.movedBytes);
    if (request.isTiming) this.#record(request);
  }

  #record(request: RequestTime): void {
    const { histograms } = this.#shared;
    const { direction, elapsedMs, weight } = request;
    this.enter(TRANSPORT);
    request.isTiming = false;
    const spentMs = request.sinceMs - request.startedMs;
    recordLatency(histograms, latencyAt(direction), spentMs);
    this.#add(COUNTER.busyMs, (spentMs - request.idleMs) * weight);
    for (let stage = 0; stage < elapsedMs.length; stage += 1) {
      const stageMs = elapsedMs[stage] ?? 0;
      if (stageMs > 0) recordLatency(histograms, stageAt(direction, stage), stageMs);
    }
  }

  #add(counter: number, amount: number): void {
    const { counters } = this.#shared;
    const at = counterAt(this.#request.direction, counter);
    counters[at] = (counters[at] ?? 0) + amount;
  }
}
