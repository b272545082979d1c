import type { KdfChoice } from './create-options.ts';

/** What an unlock with one choice of key derivation costs on this machine. */
export type KdfEstimate = Readonly<{
  type: KdfChoice['type'];
  /** 0 for PBKDF2, which needs no memory to speak of. */
  memoryKib: number;
  iterations: number;
  parallel: number;
  milliseconds: number;
}>;
