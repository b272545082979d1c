import type { XtsProvider, XtsTransform } from '../crypto/xts-provider.ts';
import type { Engine, EngineStorage } from './engine.ts';

/** Runs the crypto in the thread that does the I/O: no queue, no hand-over. */
export class InlineEngine implements Engine {
  readonly providerName: string;
  readonly #storage: EngineStorage;
  readonly #decrypt: XtsTransform;
  readonly #encrypt: XtsTransform;

  /** @param key - Borrowed: the volume key, 32 or 64 bytes. */
  constructor(storage: EngineStorage, provider: XtsProvider, key: Uint8Array, sectorBytes: number) {
    this.providerName = provider.name;
    this.#storage = storage;
    this.#decrypt = provider.createTransform('decrypt', key, sectorBytes);
    this.#encrypt = provider.createTransform('encrypt', key, sectorBytes);
  }

  read(storageOffsetBytes: number, target: Uint8Array, firstIvSector: number): void {
    this.#storage.readInto(storageOffsetBytes, target);
    this.#decrypt.apply(target.byteOffset, target.length, firstIvSector);
  }

  write(storageOffsetBytes: number, source: Uint8Array, firstIvSector: number): void {
    this.#encrypt.apply(source.byteOffset, source.length, firstIvSector);
    this.#storage.writeFrom(storageOffsetBytes, source);
  }

  [Symbol.dispose](): void {
    this.#decrypt[Symbol.dispose]();
    this.#encrypt[Symbol.dispose]();
  }
}
