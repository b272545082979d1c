import type { KdfPreference } from '../../shared/model/create-options.ts';
import type { KeyInfo, KeyKind, KeyList } from '../../shared/model/keys.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { packSecrets } from '../session/secret-pair.ts';
import { runInSession } from '../session/spawn-session.ts';
import type { Progress } from './vault-operations.ts';

type KeyslotAnswer = Readonly<{ keyslotId: number }>;

/** How a new key is stored. */
export type NewKeyOptions = Readonly<{ kdf: KdfPreference; kind: KeyKind }>;

/** What opens the vault now, and the new key. Both are borrowed. */
export type KeyPair = Readonly<{ existing: SecretBytes; added: SecretBytes }>;

/** Lists the keys of a container with their costs on this machine. Needs no passphrase. */
export function listKeys(path: string, progress: Progress = {}): Promise<KeyList> {
  return runInSession({ verb: 'key-list', path }, progress);
}

/**
 * Adds a key in a keyslot of its own.
 *
 * @throws CredentialError `passphrase-wrong`; StateError `keyslots-full`; DeviceError `write-unproven`
 */
export async function addKey(
  path: string,
  keys: KeyPair,
  options: NewKeyOptions & Readonly<{ name: string }>,
  progress: Progress = {},
): Promise<KeyslotAnswer> {
  using secret = packSecrets(keys.existing, keys.added);
  return await runInSession({ verb: 'key-add', path, ...options }, { secret, ...progress });
}

/** Replaces a key; number, name and priority of the keyslot stay. @throws as {@link addKey} does */
export async function changeKey(
  path: string,
  keys: KeyPair,
  options: NewKeyOptions & Readonly<{ keyslotId: number | null }>,
  progress: Progress = {},
): Promise<KeyslotAnswer> {
  using secret = packSecrets(keys.existing, keys.added);
  return await runInSession({ verb: 'key-change', path, ...options }, { secret, ...progress });
}

/**
 * Tells which keyslot a key opens, or whether it opens the one that is named.
 *
 * @param secret - Borrowed.
 * @throws CredentialError `passphrase-wrong`; `keyslot-inactive`
 */
export function testKey(
  path: string,
  secret: SecretBytes,
  keyslotId: number | null,
  progress: Progress = {},
): Promise<KeyslotAnswer> {
  return runInSession({ verb: 'key-test', path, keyslotId }, { secret, ...progress });
}

/**
 * Destroys the keyslot that a key opens.
 *
 * @param secret - Borrowed.
 * @throws CredentialError `passphrase-wrong`; StateError `last-keyslot`
 */
export function removeKey(
  path: string,
  secret: SecretBytes,
  options: Readonly<{ mayBeLast: boolean }>,
  progress: Progress = {},
): Promise<KeyslotAnswer> {
  const { mayBeLast } = options;
  return runInSession({ verb: 'key-remove', path, mayBeLast }, { secret, ...progress });
}

/**
 * Destroys a keyslot by its number.
 *
 * @param secret - Borrowed: what opens another keyslot; of no concern where the last one goes.
 * @throws CredentialError `passphrase-wrong`; `keyslot-inactive`; StateError `last-keyslot`
 */
export function killKey(
  path: string,
  secret: SecretBytes,
  options: Readonly<{ keyslotId: number; mayBeLast: boolean }>,
  progress: Progress = {},
): Promise<KeyslotAnswer> {
  return runInSession({ verb: 'key-kill', path, ...options }, { secret, ...progress });
}

/** Sets whether a keyslot is tried first, as usual, or only when it is named. */
export function prioritiseKey(
  path: string,
  keyslotId: number,
  priority: KeyInfo['priority'],
): Promise<KeyslotAnswer> {
  return runInSession({ verb: 'key-priority', path, keyslotId, priority });
}

/** Gives a key a name that is kept in the header. */
export function nameKey(path: string, keyslotId: number, name: string): Promise<KeyslotAnswer> {
  return runInSession({ verb: 'key-name', path, keyslotId, name });
}

/** Destroys every keyslot: only a header backup opens the vault afterwards. */
export function eraseKeys(
  path: string,
  progress: Progress = {},
): Promise<Readonly<{ erased: readonly number[] }>> {
  return runInSession({ verb: 'erase', path }, progress);
}
