import type { WireError } from '../errors/vault-error.ts';

/** Answer of every channel: a value, or a coded error in its wire form. */
export type Result<T> =
  | Readonly<{ ok: true; value: T }>
  | Readonly<{ ok: false; error: WireError }>;
