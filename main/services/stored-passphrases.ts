import { CredentialError, UnsupportedError } from '../../shared/errors/vault-error.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';

/**
 * Passphrases that the user asked to keep in the system's keychain, by vault. They never lie in the
 * database, and never in plain text anywhere.
 */
export interface StoredPassphrases {
  /** Whether the system can keep them safe; where not, nothing is stored at all. */
  readonly isAvailable: boolean;
  has(vaultId: string): boolean;
  /** @param passphrase - Borrowed. @throws UnsupportedError `keychain-unavailable` */
  store(vaultId: string, passphrase: SecretBytes): void;
  /** @returns Owned by the caller. @throws CredentialError `passphrase-not-stored` */
  read(vaultId: string): SecretBytes;
  forget(vaultId: string): void;
  forgetAll(): void;
}

/** Of a host without a keychain: nothing is stored, and nothing can be. */
export const NO_STORED_PASSPHRASES: StoredPassphrases = {
  isAvailable: false,
  has: () => false,
  store: () => {
    throw new UnsupportedError('keychain-unavailable');
  },
  read: () => {
    throw new CredentialError('passphrase-not-stored');
  },
  forget: () => {},
  forgetAll: () => {},
};
