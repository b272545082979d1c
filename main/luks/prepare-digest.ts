import { FormatError } from '../../shared/errors/vault-error.ts';
import { decodeBase64 } from '../crypto/base64.ts';
import { findHash, HASH_BYTES, type HashName } from '../crypto/hashes.ts';
import { assertKdfWithinLimits } from '../crypto/kdf-limits.ts';
import type { Digest } from './metadata-model.ts';

/** A digest that can verify a volume key. */
export type Verifier = Readonly<{
  digestId: number;
  hash: HashName;
  iterations: number;
  salt: Uint8Array;
  digest: Uint8Array;
}>;

export const DIGEST_SALT_BYTES = 32;
/** Containers converted from LUKS1 keep the first 20 bytes of a longer digest. */
const CONVERTED_DIGEST_BYTES = 20;

/**
 * Returns what a volume key is verified with.
 *
 * SECURITY: the reference accepts any passphrase where a digest is malformed. Here everything about
 * it has to be right, or nothing opens.
 *
 * @param isCostAccepted - Whether a person has accepted how long it takes.
 * @throws FormatError `digest-invalid`; `kdf-cost-excessive`
 */
export function prepareDigest(digest: Digest, isCostAccepted = false): Verifier {
  const invalid = (reason: string) =>
    new FormatError('digest-invalid', { digestId: digest.id, reason });
  if (digest.typeName !== 'pbkdf2') throw invalid('type');
  const hash = findHash(digest.hash ?? '');
  if (hash === undefined) throw invalid('hash');
  const { iterations } = digest;
  if (iterations === null || iterations < 1) throw invalid('iterations');
  const salt = decodeBase64(digest.salt ?? '');
  if (salt?.length !== DIGEST_SALT_BYTES) throw invalid('salt');
  const bytes = decodeBase64(digest.digest ?? '');
  if (bytes === undefined || ![HASH_BYTES[hash], CONVERTED_DIGEST_BYTES].includes(bytes.length)) {
    throw invalid('digest');
  }
  assertKdfWithinLimits({ type: 'pbkdf2', hash, iterations }, bytes.length, isCostAccepted);
  return { digestId: digest.id, hash, iterations, salt, digest: bytes };
}
