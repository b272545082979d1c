import { AutoPolicy, type Calibration, SMALLEST_CLASS_BYTES } from './auto-policy.ts';
import type { Arm } from './duel.ts';
import type { Engine } from './engine.ts';
import type { InlineEngine } from './inline-engine.ts';
import { Lateness } from './lateness.ts';
import { LoadSensor } from './load-sensor.ts';
import type { ThreadedEngine } from './threaded-engine.ts';

/** What is known of the two arms, for each direction. */
export type AutoPolicies = Readonly<{ read: AutoPolicy; write: AutoPolicy }>;

/**
 * Returns policies that begin with what a calibration by reads found. Writes begin with it too: they
 * cannot be rehearsed without changing the container, and their first duels come soon.
 */
export function createPolicies(results: readonly Calibration[]): AutoPolicies {
  const policies = { read: new AutoPolicy(), write: new AutoPolicy() };
  policies.read.calibrate(results);
  policies.write.calibrate(results);
  return policies;
}

/** Serves each request inline or split, whichever is quicker. @see AutoPolicy */
export class AutoEngine implements Engine {
  readonly #inline: InlineEngine;
  readonly #threaded: ThreadedEngine;
  readonly #sensor = new LoadSensor();
  readonly #lateness = new Lateness();
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
    if (this.#isPlain(this.policies.read, target.length)) {
      this.#inline.read(storageOffsetBytes, target, firstIvSector);
      return;
    }
    this.#serve(this.policies.read, target.length, (arm) => {
      const engine = arm === 'inline' ? this.#inline : this.#threaded;
      engine.read(storageOffsetBytes, target, firstIvSector);
    });
  }

  write(storageOffsetBytes: number, source: Uint8Array, firstIvSector: number): void {
    if (this.#isPlain(this.policies.write, source.length)) {
      this.#inline.write(storageOffsetBytes, source, firstIvSector);
      return;
    }
    this.#serve(this.policies.write, source.length, (arm) => {
      const engine = arm === 'inline' ? this.#inline : this.#threaded;
      engine.write(storageOffsetBytes, source, firstIvSector);
    });
  }

  #isPlain(policy: AutoPolicy, lengthBytes: number): boolean {
    return (
      lengthBytes < SMALLEST_CLASS_BYTES ||
      policy.isPlain(lengthBytes) ||
      !this.#threaded.canSplit(lengthBytes)
    );
  }

  /** A request that fails teaches nothing. */
  #serve(policy: AutoPolicy, bytes: number, run: (arm: Arm) => void): void {
    const startMs = performance.now();
    if (this.#sensor.hasChanged(startMs)) {
      this.policies.read.forget();
      this.policies.write.forget();
    }
    if (this.#lateness.isBusy(startMs)) {
      run('inline');
      return;
    }
    const arm = policy.choose(bytes);
    run(arm);
    const endMs = performance.now();
    const elapsedMs = endMs - startMs;
    const isHelped = arm === 'threaded' && this.#threaded.last.isHelped;
    policy.record({ bytes, elapsedMs, isHelped });
    if (arm === 'inline') return;
    const { waitMs, fragments } = this.#threaded.last;
    if (this.#lateness.note(waitMs, elapsedMs, fragments, endMs)) {
      this.policies.read.interrupt();
      this.policies.write.interrupt();
    }
  }

  /** The engines that it chooses from stay. */
  [Symbol.dispose](): void {
    this.#sensor[Symbol.dispose]();
  }
}
