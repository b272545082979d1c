import { assertInside, type BlockDevice } from '../../main/block/block-device.ts';

type RecordedWrite = Readonly<{ offsetBytes: number; bytes: Buffer; epoch: number }>;

/** What a storage writes at once: a cut falls between two of these, never inside one. */
const ATOMIC_BYTES = 4096;

/** A device in memory that remembers every write, so that a cut can be played at any of them. */
export class RecordingDevice implements BlockDevice {
  readonly isReadOnly = false;
  readonly granularityBytes = 1;
  readonly writes: RecordedWrite[] = [];
  readonly #initial: Buffer;
  readonly #bytes: Buffer;
  #epoch = 0;

  constructor(initial: Uint8Array) {
    this.#initial = Buffer.from(initial);
    this.#bytes = Buffer.from(initial);
  }

  get sizeBytes(): number {
    return this.#bytes.length;
  }

  readInto(offsetBytes: number, target: Uint8Array): void {
    assertInside(this, offsetBytes, target.length);
    target.set(this.#bytes.subarray(offsetBytes, offsetBytes + target.length));
  }

  writeFrom(offsetBytes: number, source: Uint8Array): void {
    assertInside(this, offsetBytes, source.length);
    this.#bytes.set(source, offsetBytes);
    let done = 0;
    while (done < source.length) {
      const at = offsetBytes + done;
      const length = Math.min(source.length - done, ATOMIC_BYTES - (at % ATOMIC_BYTES));
      const bytes = Buffer.from(source.subarray(done, done + length));
      this.writes.push({ offsetBytes: at, bytes, epoch: this.#epoch });
      done += length;
    }
  }

  flush(): void {
    this.#epoch += 1;
  }

  discard(): void {}

  [Symbol.dispose](): void {}

  /**
   * Returns what the storage holds after a cut: the first `count` writes. Of those since the last
   * flush only the ones that `survives` keeps.
   */
  imageAfter(count: number, survives: () => boolean = () => true): Buffer {
    const image = Buffer.from(this.#initial);
    const lastEpoch = this.writes[count - 1]?.epoch ?? 0;
    for (const { offsetBytes, bytes, epoch } of this.writes.slice(0, count)) {
      if (epoch < lastEpoch || survives()) image.set(bytes, offsetBytes);
    }
    return image;
  }
}
