import { type Arm, AutoPolicy, type Calibration, SMALLEST_CLASS_BYTES } from './auto-policy.ts';
import type { Engine } from './engine.ts';
import type { InlineEngine } from './inline-engine.ts';
import { LoadSensor } from './load-sensor.ts';
import type { ThreadedEngine } from './threaded-engine.ts';

/** Serves each request inline or split, whichever is quicker. @see AutoPolicy */
export class AutoEngine implements Engine {
  readonly #inline: InlineEngine;
  readonly #threaded: ThreadedEngine;
  readonly #sensor = new LoadSensor();
  readonly policies = { read: new AutoPolicy(), write: new AutoPolicy() } as const;

  /** @param inline - Borrowed, as is `threaded`. */
  constructor(inline: InlineEngine, threaded: ThreadedEngine) {
    this.#inline = inline;
    this.#threaded = threaded;
  }

  get providerName(): string {
    return this.#inline.providerName;
  }

  /** Takes over what was measured of the two arms. */
  adopt(results: readonly Calibration[]): void {
    this.policies.read.calibrate(results);
    this.policies.write.calibrate(results);
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
  #serve(policy: AutoPolicy, lengthBytes: number, run: (arm: Arm) => void): void {
    const startMs = performance.now();
    if (this.#sensor.hasChanged(startMs)) {
      this.policies.read.forget();
      this.policies.write.forget();
    }
    const arm = policy.choose(lengthBytes, startMs);
    run(arm);
    const endMs = performance.now();
    policy.record(lengthBytes, arm, endMs - startMs);
    if (arm === 'threaded') {
      policy.noteWait(
        this.#threaded.lastWaitMs,
        (endMs - startMs) / this.#threaded.lastFragments,
        endMs,
      );
    }
  }

  /** The engines that it chooses from stay. */
  [Symbol.dispose](): void {
    this.#sensor[Symbol.dispose]();
  }
}
