import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { StateError } from '../../shared/errors/vault-error.ts';
import type { CreateOptions } from '../../shared/model/create-options.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { callSession } from '../session/control-client.ts';
import type { SessionStatus } from '../session/control-protocol.ts';
import { removeStalePartials } from '../session/partial-files.ts';
import type { SessionDescription } from '../session/session-description.ts';
import type { OnPhase } from '../session/session-events.ts';
import { isAlive } from '../session/session-registry.ts';
import { runInSession } from '../session/spawn-session.ts';
import type { VaultRepository } from '../store/vault-repository.ts';
import { inspectContainer } from './inspect-container.ts';
import { clearLeftovers, findSessionOfContainer } from './open-sessions.ts';

/** How a long operation reports and is cancelled. */
export type Progress = Readonly<{
  onPhase?: OnPhase;
  signal?: AbortSignal;
  /** Told where the work is done and only the list of known vaults could not be written. */
  onUnlisted?: () => void;
}>;

const CLOSE_WAIT_MS = 30_000;
const CLOSE_STEP_MS = 10;

/**
 * Creates a vault in a process of its own and puts it on the list.
 *
 * @param path - Absolute.
 * @param passphrase - Borrowed.
 * @returns The vault's id (`null` where it could not be listed) and the container's UUID.
 */
export async function createVault(
  vaults: VaultRepository,
  path: string,
  options: CreateOptions,
  passphrase: SecretBytes,
  progress: Progress = {},
): Promise<{ vaultId: string | null; uuid: string; containerBytes: number }> {
  try {
    const request = { verb: 'create', path, options } as const;
    const made = await runInSession(request, { secret: passphrase, ...progress });
    // By its real path, under which a mount looks for it: one vault is one entry.
    const listed = { uuid: made.uuid, label: options.label };
    const vaultId = tryToList(() => vaults.remember(realpathSync(path), listed), progress);
    return { vaultId, ...made };
  } catch (error) {
    // The process was ended in the middle: its partial file is nobody's.
    if (error instanceof StateError) removeStalePartials(dirname(path));
    throw error;
  }
}

/**
 * Unlocks and mounts a vault; its process lives on until the vault is locked.
 *
 * @param path - Absolute path of the container.
 * @param passphrase - Borrowed.
 */
export async function mountVault(
  vaults: VaultRepository,
  request: Readonly<{ path: string; mountPoint: string | null; isReadOnly: boolean }>,
  passphrase: SecretBytes,
  progress: Progress = {},
): Promise<SessionDescription> {
  await clearLeftovers();
  if (findSessionOfContainer(request.path) !== undefined) {
    throw new StateError('already-unlocked', { path: request.path });
  }
  const session = await runInSession(
    { verb: 'mount', ...request, engine: vaults.enginePreference(request.path) },
    { secret: passphrase, ...progress },
  );
  noteUse(vaults, session, progress);
  return session;
}

/** Puts a vault that is in use on the list. */
export function noteUse(
  vaults: VaultRepository,
  { path, uuid, label }: SessionDescription,
  progress: Progress,
): void {
  tryToList(() => vaults.markUsed(vaults.remember(path, { uuid, label })), progress);
}

/** The work is done: a list that cannot be written (a full disk, say) must not make it a failure. */
function tryToList<T>(write: () => T, { onUnlisted }: Progress): T | null {
  try {
    return write();
  } catch {
    onUnlisted?.();
    return null;
  }
}

/** Tells which keyslot a passphrase opens. Read-only. @throws CredentialError `passphrase-wrong` */
export async function testPassphrase(
  path: string,
  passphrase: SecretBytes,
  progress: Progress = {},
): Promise<{ keyslotId: number }> {
  inspectContainer(path);
  return runInSession({ verb: 'test', path }, { secret: passphrase, ...progress });
}

/**
 * Unmounts a vault and returns when its process, and every key with it, is gone.
 *
 * @throws MountError `unmount-busy`; DeviceError where what was written could not be stored.
 */
export async function lockSession(session: SessionDescription, isForced: boolean): Promise<void> {
  await callSession(session, { verb: 'lock', isForced });
  for (let waitedMs = 0; isAlive(session); waitedMs += CLOSE_STEP_MS) {
    if (waitedMs >= CLOSE_WAIT_MS) throw new StateError('operation-in-progress', {});
    await new Promise((resolve) => setTimeout(resolve, CLOSE_STEP_MS));
  }
}

/** A mounted vault as commands see it. */
export type MountedSession = SessionDescription;

/** Tells whether the vault of a session is still mounted. */
export function isMounted(session: MountedSession): boolean {
  return isAlive(session);
}

/** What a mounted vault says of itself now. @throws StateError `not-mounted` where it is gone. */
export function readSessionStatus(session: MountedSession): Promise<SessionStatus> {
  return callSession(session, { verb: 'status' });
}
