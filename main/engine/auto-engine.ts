import { AutoPolicy, type Calibration, SMALLEST_CLASS_BYTES } from './auto-policy.ts';
import type { Arm } from './duel.ts';
import type { Engine } from './engine.ts';
import type { InlineEngine } from './inline-engine.ts';
import { Lateness } from './lateness.ts';
import { LoadSensor } from './load-sensor.ts';
import type { ThreadedEngine } from './threaded-engine.ts';

/**
 * Requests with a longer pause before them do not come as fast as they are served. Of those that do,
 * the cost is the time from end to end: a helper may take the processor that the client or the
 * kernel would have worked on meanwhile, which the time within the request does not show.
 */
const MOST_GAP_MS = 1;

/** What is known of the two arms, for each direction, and of how busy the machine is. */
export type AutoPolicies = Readonly<{ read: AutoPolicy; write: AutoPolicy; lateness: Lateness }>;

/**
 * Returns policies that begin with what a calibration by reads found. Writes begin with it too: they
 * cannot be rehearsed without changing the container, and their first duels come soon.
 */
export function createPolicies(results: readonly Calibration[]): AutoPolicies {
  const policies = { read: new AutoPolicy(), write: new AutoPolicy(), lateness: new Lateness() };
  policies.read.calibrate(results);
  policies.write.calibrate(results);
  return policies;
}

/** Serves each request inline or split, whichever is quicker. @see AutoPolicy */
export class AutoEngine implements Engine {
  readonly #inline: InlineEngine;
  readonly #threaded: ThreadedEngine;
  readonly #sensor = new LoadSensor();
  /** When the request before ended, where that was looked at. */
  #endedMs = 0;
  readonly policies: AutoPolicies;

  /** @param inline - Borrowed, as are `threaded` and `policies`, which learn. */
  constructor(inline: InlineEngine, threaded: ThreadedEngine, policies: AutoPolicies) {
    this.#inline = inline;
    this.#threaded = threaded;
    this.policies = policies;
  }

  get providerName(): string {
    return this.#inline.providerName;
  }

  read(storageOffsetBytes: number, target: Uint8Array, firstIvSector: number): void {
    const plain = this.#plainArm(this.policies.read, target.length);
    if (plain === 'inline') {
      this.#inline.read(storageOffsetBytes, target, firstIvSector);
    } else if (plain === 'threaded') {
      this.#threaded.read(storageOffsetBytes, target, firstIvSector);
      this.#noteSplit();
    } else {
      this.#serve(this.policies.read, target.length, (arm) => {
        const engine = arm === 'inline' ? this.#inline : this.#threaded;
        engine.read(storageOffsetBytes, target, firstIvSector);
      });
    }
  }

  write(storageOffsetBytes: number, source: Uint8Array, firstIvSector: number): void {
    const plain = this.#plainArm(this.policies.write, source.length);
    if (plain === 'inline') {
      this.#inline.write(storageOffsetBytes, source, firstIvSector);
    } else if (plain === 'threaded') {
      this.#threaded.write(storageOffsetBytes, source, firstIvSector);
      this.#noteSplit();
    } else {
      this.#serve(this.policies.write, source.length, (arm) => {
        const engine = arm === 'inline' ? this.#inline : this.#threaded;
        engine.write(storageOffsetBytes, source, firstIvSector);
      });
    }
  }

  /** Returns the arm of a request that teaches nothing. */
  #plainArm(policy: AutoPolicy, lengthBytes: number): Arm | undefined {
    if (lengthBytes < SMALLEST_CLASS_BYTES) return 'inline';
    const arm = policy.plainArm(lengthBytes);
    if (arm === undefined) return this.#threaded.canSplit(lengthBytes) ? undefined : 'inline';
    this.#endedMs = 0;
    return this.policies.lateness.isBusy ? 'inline' : arm;
  }

  /** A request that fails teaches nothing. */
  #serve(policy: AutoPolicy, bytes: number, run: (arm: Arm) => void): void {
    const startMs = performance.now();
    if (this.#sensor.hasChanged(startMs)) {
      this.policies.read.forget();
      this.policies.write.forget();
    }
    if (this.policies.lateness.look(startMs)) {
      run('inline');
      return;
    }
    const arm = policy.choose(bytes, startMs);
    run(arm);
    const endMs = performance.now();
    const isStream = startMs - this.#endedMs < MOST_GAP_MS;
    const elapsedMs = endMs - (isStream ? this.#endedMs : startMs);
    this.#endedMs = endMs;
    const isHelped = arm === 'threaded' && this.#threaded.last.isHelped;
    policy.record({ bytes, elapsedMs, isHelped });
    if (arm === 'threaded') this.#noteSplit();
  }

  #noteSplit(): void {
    const { lateMs } = this.#threaded.last;
    if (lateMs === 0 || !this.policies.lateness.note(lateMs, performance.now())) return;
    this.policies.read.interrupt();
    this.policies.write.interrupt();
  }

  /** The engines that it chooses from stay. */
  [Symbol.dispose](): void {
    this.#sensor[Symbol.dispose]();
  }
}
