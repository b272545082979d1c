import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { pbkdf2Async as pbkdf2InPlainJs } from '@noble/hashes/pbkdf2.js';
import { hashRaw } from '@node-rs/argon2';
import { SecretBytes } from '../bytes/secret-bytes.ts';
import { findImplementation, type HashName } from './hashes.ts';
import { assertKdfPossible } from './kdf-limits.ts';

/** Numbers of the algorithms in `@node-rs/argon2`, whose constants type stripping cannot import. */
const ARGON2_ALGORITHMS = { argon2i: 1, argon2id: 2 } as const;

const pbkdf2Async = promisify(pbkdf2);

export type KdfParameters =
  | Readonly<{
      type: 'argon2i' | 'argon2id';
      time: number;
      memoryKib: number;
      cpus: number;
      salt: Uint8Array;
    }>
  | Readonly<{ type: 'pbkdf2'; hash: HashName; iterations: number; salt: Uint8Array }>;

/**
 * Derives a key from a passphrase (or from a volume key, for its digest) off the main thread.
 *
 * Argon2 cannot be interrupted: to cancel it, end the process. Whether a foreign header may ask for
 * so much time is for the caller to decide first.
 *
 * @see kdf-budget.ts
 *
 * @param secret - Borrowed: must stay unchanged until the promise settles.
 * @returns `outputBytes` bytes. Owned by the caller, who disposes them.
 * @throws FormatError `kdf-cost-excessive`, before any cost is paid.
 */
export async function deriveKey(
  secret: SecretBytes,
  kdf: KdfParameters,
  outputBytes: number,
): Promise<SecretBytes> {
  assertKdfPossible(kdf);
  const derived =
    kdf.type === 'pbkdf2'
      ? await derivePbkdf2(secret, kdf, outputBytes)
      : await hashRaw(secret.bytes, {
          algorithm: ARGON2_ALGORITHMS[kdf.type],
          timeCost: kdf.time,
          memoryCost: kdf.memoryKib,
          parallelism: kdf.cpus,
          outputLen: outputBytes,
          salt: kdf.salt,
        });
  try {
    return SecretBytes.copyOf(derived);
  } finally {
    derived.fill(0);
  }
}

function derivePbkdf2(
  secret: SecretBytes,
  { hash, iterations, salt }: Extract<KdfParameters, { type: 'pbkdf2' }>,
  outputBytes: number,
): Promise<Uint8Array> {
  const implementation = findImplementation(hash);
  return typeof implementation === 'string'
    ? pbkdf2Async(secret.bytes, salt, iterations, outputBytes, implementation)
    : pbkdf2InPlainJs(implementation, secret.bytes, salt, { c: iterations, dkLen: outputBytes });
}
