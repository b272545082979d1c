import { STAGES } from '../../shared/model/statistics.ts';
import { type DirectionIndex, STAGE_INDEX } from './volume-statistics.ts';

const FAILED = -1;

/**
 * One request as a clock follows it, from its beginning to its end. One object serves one request
 * after another; whoever serves several at a time has one for each. Times in milliseconds.
 */
export class RequestTime {
  direction: DirectionIndex = 0;
  isOpen = false;
  isTiming = false;
  isSplit = false;
  /** What was moved; negative while it counts as failed. */
  movedBytes = FAILED;
  /** Requests that this one stands for, where it is timed. */
  weight = 1;
  /** The stage it is in, and since when. */
  stage = STAGE_INDEX.transport;
  sinceMs = 0;
  startedMs = 0;
  /** Since when nobody works on it; 0 while somebody does. */
  pausedMs = 0;
  /** Time in which nobody worked on it. */
  idleMs = 0;
  readonly elapsedMs = new Float64Array(STAGES.length);

  open(direction: DirectionIndex): void {
    this.direction = direction;
    this.isOpen = true;
    this.isTiming = false;
    this.isSplit = false;
    this.movedBytes = FAILED;
  }

  /** Begins to time it: it has waited until now for `queuedMs`. */
  start(nowMs: number, queuedMs: number): void {
    this.isTiming = true;
    this.elapsedMs.fill(0);
    this.elapsedMs[STAGE_INDEX.queue] = queuedMs;
    this.stage = STAGE_INDEX.transport;
    this.sinceMs = nowMs;
    this.startedMs = nowMs - queuedMs;
    this.pausedMs = 0;
    this.idleMs = queuedMs;
  }

  /** It is in another stage from now on. Returns the stage before. */
  enter(stage: number, nowMs: number): number {
    const before = this.stage;
    this.elapsedMs[before] = (this.elapsedMs[before] ?? 0) + nowMs - this.sinceMs;
    this.stage = stage;
    this.sinceMs = nowMs;
    return before;
  }
}
