import { DeviceError } from '../../../shared/errors/vault-error.ts';
import type { BlockDevice } from '../../block/block-device.ts';
import { JOURNAL_MAGIC } from './journal-superblock.ts';
import type { LoggedBlock, Replay } from './scan-journal.ts';

/** A volume as it will be when its journal was replayed, with nothing written. */
export class ReplayedDevice implements BlockDevice {
  readonly sizeBytes: number;
  readonly isReadOnly = true;
  readonly granularityBytes: number;
  readonly #device: BlockDevice;
  readonly #replay: Replay;
  readonly #blockBytes: number;
  readonly #shown: { at: number; bytes: Buffer }[] = [];

  /** @param device - Borrowed. */
  constructor(device: BlockDevice, replay: Replay, blockBytes: number) {
    this.#device = device;
    this.#replay = replay;
    this.#blockBytes = blockBytes;
    this.sizeBytes = device.sizeBytes;
    this.granularityBytes = device.granularityBytes;
  }

  /** Shows other bytes at an offset from now on. */
  show(at: number, bytes: Buffer): void {
    this.#shown.push({ at, bytes });
  }

  readInto(offsetBytes: number, target: Uint8Array): void {
    this.#device.readInto(offsetBytes, target);
    const end = offsetBytes + target.length;
    const last = Math.ceil(end / this.#blockBytes);
    for (let block = Math.floor(offsetBytes / this.#blockBytes); block < last; block += 1) {
      const logged = this.#replay.blocks.get(block);
      if (logged === undefined) continue;
      const at = block * this.#blockBytes;
      const from = Math.max(at, offsetBytes);
      const to = Math.min(at + this.#blockBytes, end);
      const bytes = readLogged(this.#device, logged, this.#blockBytes);
      target.set(bytes.subarray(from - at, to - at), from - offsetBytes);
    }
    for (const { at, bytes } of this.#shown) {
      const from = Math.max(at, offsetBytes);
      const to = Math.min(at + bytes.length, end);
      if (from < to) target.set(bytes.subarray(from - at, to - at), from - offsetBytes);
    }
  }

  writeFrom(offsetBytes: number): void {
    throw new DeviceError('read-only', { offsetBytes });
  }

  flush(): void {}

  discard(): void {}

  /** The device below is borrowed and stays open. */
  [Symbol.dispose](): void {}
}

/** Reads a block out of the journal as it belongs on the volume. */
export function readLogged(device: BlockDevice, logged: LoggedBlock, blockBytes: number): Buffer {
  const bytes = Buffer.alloc(blockBytes);
  device.readInto(logged.physical * blockBytes, bytes);
  // A block that starts like one of the journal's own is stored with zeros there.
  if (logged.isEscaped) bytes.writeUInt32BE(JOURNAL_MAGIC, 0);
  return bytes;
}
