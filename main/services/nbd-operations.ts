import { StateError } from '../../shared/errors/vault-error.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import type { NbdEndpoint } from '../mount/nbd/nbd-endpoint.ts';
import type { SessionDescription } from '../session/session-description.ts';
import { runInSession } from '../session/spawn-session.ts';
import type { VaultRepository } from '../store/vault-repository.ts';
import { clearLeftovers, findSessionOfContainer } from './open-sessions.ts';
import { noteUse, type Progress, type UnlockChoice, unlockFields } from './vault-operations.ts';

/** What to serve and where. `path` is absolute. */
export type NbdOptions = UnlockChoice &
  Readonly<{
    path: string;
    endpoint: NbdEndpoint;
    isReadOnly: boolean;
    /** Whether clients may give space of the container back. */
    canTrim: boolean;
  }>;

/**
 * Unlocks a vault and serves its blocks by the NBD protocol; its process lives on until the vault
 * is locked.
 *
 * @param passphrase - Borrowed.
 * @returns The session, when clients can connect: its `mountPoint` is the URI.
 */
export async function serveVaultOverNbd(
  vaults: VaultRepository,
  options: NbdOptions,
  passphrase: SecretBytes,
  progress: Progress = {},
): Promise<SessionDescription> {
  await clearLeftovers();
  if (findSessionOfContainer(options.path) !== undefined) {
    throw new StateError('already-unlocked', { path: options.path });
  }
  const engine = vaults.enginePreference(options.path);
  const unlock = unlockFields(vaults, options.path, options);
  const { path, endpoint, isReadOnly, canTrim } = options;
  const request = { verb: 'nbd', path, ...unlock, endpoint, isReadOnly, canTrim, engine } as const;
  const session = await runInSession(request, { secret: passphrase, ...progress });
  noteUse(vaults, session, unlock.headerPath, progress);
  return session;
}
