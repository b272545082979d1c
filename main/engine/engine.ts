import type { StageClock } from '../statistics/stage-clock.ts';

/**
 * Where the crypto of a volume runs. An engine owns the storage step too: whoever transforms a
 * fragment also reads or writes it, which is what makes a threaded engine pay.
 */
export interface Engine extends Disposable {
  /** Name of the provider in force, for people. */
  readonly providerName: string;

  /**
   * Reads ciphertext and decrypts it in place.
   *
   * @param storageOffsetBytes - Position in the container.
   * @param target - In the arena; whole sectors. Filled with plaintext.
   * @param firstIvSector - IV sector (512-byte unit) of the first sector.
   * @throws DeviceError of the storage.
   */
  read(storageOffsetBytes: number, target: Uint8Array, firstIvSector: number): void;

  /**
   * Encrypts in place and writes: `source` holds ciphertext afterwards.
   *
   * @throws DeviceError of the storage.
   */
  write(storageOffsetBytes: number, source: Uint8Array, firstIvSector: number): void;
}

/** What an engine asks of the storage below: the part of a block device that moves bytes. */
export type EngineStorage = Readonly<{
  sizeBytes: number;
  isReadOnly: boolean;
  /**
   * Descriptor of an open file that holds the storage's bytes at the storage's offsets: whoever can
   * may use it instead of the functions below.
   */
  fd?: number;
  /** Told which stage a request is in. A request that is timed moves in two steps, not fused. */
  clock?: StageClock | undefined;
  readInto(offsetBytes: number, target: Uint8Array): void;
  writeFrom(offsetBytes: number, source: Uint8Array): void;
}>;
