import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { hardenProcess } from '../system/harden-process.ts';
import { promptNewPassphrase, promptPassphrase } from './prompt-passphrase.ts';
import { readKeyfile, readPassphraseFile } from './read-secret-file.ts';

/** The options by which every command takes a passphrase. */
export type PassphraseOptions = Readonly<{ passphraseFile?: string; keyfile?: string }>;

/**
 * Returns the passphrase from where the options say, else asks on the terminal; never from the
 * arguments or the environment.
 *
 * @param purpose - `new`: asked for twice.
 * @returns Owned by the caller.
 * @throws CredentialError `passphrase-missing` at once where there is no terminal to ask on.
 */
export function obtainPassphrase(
  options: PassphraseOptions,
  purpose: 'new' | 'existing',
): SecretBytes {
  // SECURITY: from here on this process holds a passphrase.
  hardenProcess();
  if (options.keyfile !== undefined) return readKeyfile(options.keyfile);
  if (options.passphraseFile !== undefined) return readPassphraseFile(options.passphraseFile);
  return purpose === 'new' ? promptNewPassphrase() : promptPassphrase('Passphrase: ');
}
