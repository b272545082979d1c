import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SafeStorage } from 'electron/main';
import { CredentialError, UnsupportedError } from '../../../shared/errors/vault-error.ts';
import { SecretBytes } from '../../bytes/secret-bytes.ts';
import type { StoredPassphrases } from '../../services/stored-passphrases.ts';

/** What is used of Electron's `safeStorage`. */
export type Safe = Pick<SafeStorage, 'isEncryptionAvailable' | 'encryptString' | 'decryptString'> &
  Partial<Pick<SafeStorage, 'getSelectedStorageBackend'>>;

/** Backends of Linux that hold the key in plain text or not at all. */
const UNSAFE_BACKENDS: readonly string[] = ['basic_text', 'unknown'];
const VAULT_ID = /^[\w-]{1,64}$/;

/**
 * Keeps passphrases as files that the system's keychain encrypts: Keychain, DPAPI, Secret Service
 * or KWallet. Where only plain text would protect them, nothing is stored at all.
 *
 * Electron's interface takes and gives strings, which cannot be wiped: the passphrase, in base64,
 * stays in main's memory until the garbage collector comes by.
 *
 * @param folder - Of the encrypted files; made where it is missing.
 */
export function createElectronKeychain(
  safe: Safe,
  folder: string,
  platform: NodeJS.Platform = process.platform,
): StoredPassphrases {
  const isAvailable = isSafe(safe, platform);
  const names = new Set(listFiles(folder));
  const pathOf = (vaultId: string) => {
    if (!VAULT_ID.test(vaultId)) throw new CredentialError('passphrase-not-stored');
    return join(folder, vaultId);
  };
  const forget = (vaultId: string) => {
    if (names.delete(vaultId)) rmSync(pathOf(vaultId), { force: true });
  };
  return {
    isAvailable,
    has: (vaultId) => isAvailable && names.has(vaultId),
    store(vaultId, passphrase) {
      // SECURITY: refused, not downgraded.
      if (!isAvailable) throw new UnsupportedError('keychain-unavailable');
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const { buffer, byteOffset, length } = passphrase.bytes;
      const text = Buffer.from(buffer, byteOffset, length).toString('base64');
      writeFileSync(pathOf(vaultId), safe.encryptString(text), { mode: 0o600 });
      names.add(vaultId);
    },
    read(vaultId) {
      if (!isAvailable || !names.has(vaultId)) throw new CredentialError('passphrase-not-stored');
      try {
        const text = safe.decryptString(readFileSync(pathOf(vaultId)));
        const bytes = Buffer.from(text, 'base64');
        const secret = SecretBytes.copyOf(bytes);
        bytes.fill(0);
        return secret;
      } catch (error) {
        throw new CredentialError('passphrase-not-stored', {}, error);
      }
    },
    forget,
    forgetAll: () => {
      for (const vaultId of [...names]) forget(vaultId);
    },
  };
}

function isSafe(safe: Safe, platform: NodeJS.Platform): boolean {
  if (!safe.isEncryptionAvailable()) return false;
  if (platform !== 'linux') return true;
  return !UNSAFE_BACKENDS.includes(safe.getSelectedStorageBackend?.() ?? 'unknown');
}

function listFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => VAULT_ID.test(name));
  } catch {
    return []; // nothing was ever stored
  }
}
