import { CredentialError } from '../../shared/errors/vault-error.ts';
import type { SecretInput } from '../../shared/ipc/contract.ts';
import { SecretBytes } from '../bytes/secret-bytes.ts';
import type { PathGrants } from './path-grants.ts';
import { readKeyfile } from './read-keyfile.ts';

/** cryptsetup's limit on passphrases. */
const MAXIMUM_PASSPHRASE_BYTES = 512;

/**
 * Takes the secret out of a message into secret memory.
 *
 * @param input - Borrowed: its bytes are copied, and the router wipes them after the handler.
 * @returns Owned by the caller.
 * @throws {@link CredentialError} `passphrase-empty`; `passphrase-too-long`; what
 * {@link readKeyfile} throws.
 */
export async function takeSecret(input: SecretInput, grants: PathGrants): Promise<SecretBytes> {
  if (input.kind === 'keyfile') return readKeyfile(grants.find(input.grantId, 'keyfile'));
  if (input.bytes.length === 0) throw new CredentialError('passphrase-empty');
  if (input.bytes.length > MAXIMUM_PASSPHRASE_BYTES)
    throw new CredentialError('passphrase-too-long');
  return SecretBytes.copyOf(input.bytes);
}
