import { randomFillSync } from 'node:crypto';
import { CredentialError } from '../../shared/errors/vault-error.ts';
import {
  encodeRecoveryKey,
  parseRecoveryKey,
  RECOVERY_ENTROPY_BYTES,
  RECOVERY_WORD_COUNT,
} from '../../shared/recovery/recovery-words.ts';
import { SecretBytes } from '../bytes/secret-bytes.ts';

/** Returns a new recovery key: 24 words with single spaces, as bytes. Owned by the caller. */
export function newRecoveryKey(): SecretBytes {
  using entropy = SecretBytes.allocate(RECOVERY_ENTROPY_BYTES);
  randomFillSync(entropy.bytes);
  return SecretBytes.adopt(encodeRecoveryKey(entropy.bytes));
}

/**
 * Returns the passphrase that typed recovery words stand for.
 *
 * @param typed - Borrowed.
 * @returns Owned by the caller.
 * @throws CredentialError `recovery-word-wrong` with the word's number; `recovery-words-missing`;
 * `recovery-checksum-wrong`
 */
export function readRecoveryKey(typed: SecretBytes): SecretBytes {
  const parsed = parseRecoveryKey(typed.bytes);
  if ('passphrase' in parsed) return SecretBytes.adopt(parsed.passphrase);
  const { defect } = parsed;
  if (defect.kind === 'word-wrong')
    throw new CredentialError('recovery-word-wrong', { wordNumber: defect.wordNumber });
  if (defect.kind === 'checksum') throw new CredentialError('recovery-checksum-wrong');
  const { count } = defect;
  throw new CredentialError('recovery-words-missing', { count, wanted: RECOVERY_WORD_COUNT });
}
