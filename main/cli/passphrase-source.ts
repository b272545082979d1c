import type { KeyKind } from '../../shared/model/keys.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { newRecoveryKey, readRecoveryKey } from '../services/recovery-key.ts';
import { hardenProcess } from '../system/harden-process.ts';
import { promptNewPassphrase, promptPassphrase } from './prompt-passphrase.ts';
import { readKeyfile, readPassphraseFile } from './read-secret-file.ts';

/** The options by which every command takes a passphrase. */
export type PassphraseOptions = Readonly<{
  passphraseFile?: string;
  keyfile?: string;
  recoveryKey?: boolean;
}>;

/** The options by which a command takes a new key, next to what opens the vault now. */
export type NewKeyOptions = Readonly<{
  newPassphraseFile?: string;
  newKeyfile?: string;
  recovery?: boolean;
}>;

/**
 * Returns the passphrase from where the options say, else asks on the terminal; never from the
 * arguments or the environment.
 *
 * @param purpose - `new`: asked for twice.
 * @returns Owned by the caller.
 * @throws CredentialError `passphrase-missing` at once where there is no terminal to ask on;
 * `recovery-word-wrong` and its kind where recovery words are typed wrongly.
 */
export async function obtainPassphrase(
  options: PassphraseOptions,
  purpose: 'new' | 'existing',
): Promise<SecretBytes> {
  // SECURITY: from here on this process holds a passphrase.
  hardenProcess();
  if (options.recoveryKey === true) {
    using typed = await readOrAsk(options, () => promptPassphrase('Recovery key, 24 words: '));
    return readRecoveryKey(typed);
  }
  return readOrAsk(options, () =>
    purpose === 'new' ? promptNewPassphrase() : promptPassphrase('Passphrase: '),
  );
}

/** Returns the key that is to be stored, and how it is entered. The key is owned by the caller. */
export async function obtainNewKey(
  options: NewKeyOptions,
): Promise<Readonly<{ secret: SecretBytes; kind: KeyKind }>> {
  hardenProcess();
  if (options.recovery === true) return { secret: newRecoveryKey(), kind: 'recovery' };
  const { newKeyfile, newPassphraseFile } = options;
  if (newKeyfile !== undefined) return { secret: readKeyfile(newKeyfile), kind: 'keyfile' };
  const secret =
    newPassphraseFile === undefined
      ? await promptNewPassphrase()
      : readPassphraseFile(newPassphraseFile);
  return { secret, kind: 'passphrase' };
}

async function readOrAsk(
  options: PassphraseOptions,
  ask: () => Promise<SecretBytes>,
): Promise<SecretBytes> {
  if (options.keyfile !== undefined) return readKeyfile(options.keyfile);
  if (options.passphraseFile !== undefined) return readPassphraseFile(options.passphraseFile);
  return await ask();
}
