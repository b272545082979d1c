import type { VolumeCipher } from '../crypto/volume-cipher.ts';
import type { PoolMemory } from './pool-layout.ts';

/** What a crypto worker is started with. */
export type CryptoWorkerData = Readonly<{
  memory: PoolMemory;
  helper: number;
  /** Name of the provider to use where it passes its self-test; `null` for the fastest. */
  provider: string | null;
  cipher: VolumeCipher;
  /** Borrowed: the vault process's one copy, read once. */
  volumeKey: SharedArrayBuffer;
  sectorBytes: number;
}>;

/** What it says, once, before it serves. */
export type CryptoWorkerMessage = Readonly<{ type: 'up'; provider: string }>;
