import type { XtsProvider, XtsTransform } from '../crypto/xts-provider.ts';
import type { Engine, EngineStorage } from './engine.ts';
import { readSectors, writeSectors } from './sector-transfer.ts';

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
    readSectors(this.#storage, this.#decrypt, storageOffsetBytes, target, firstIvSector);
  }

  write(storageOffsetBytes: number, source: Uint8Array, firstIvSector: number): void {
    writeSectors(this.#storage, this.#encrypt, storageOffsetBytes, source, firstIvSector);
  }

  [Symbol.dispose](): void {
    this.#decrypt[Symbol.dispose]();
    this.#encrypt[Symbol.dispose]();
  }
}
