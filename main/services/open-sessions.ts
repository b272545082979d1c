import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StateError, VaultError } from '../../shared/errors/vault-error.ts';
import { fuseHealth } from '../mount/fuse/fuse-health.ts';
import { unmountFuse } from '../mount/fuse/fuse-unmount.ts';
import { clearStaleMounts } from '../mount/fuse/stale-mounts.ts';
import { removeOwnMountPoint } from '../mount/mount-point.ts';
import { removeStaleSocket } from '../mount/nbd/nbd-stale-socket.ts';
import type { SessionDescription } from '../session/session-description.ts';
import { isAlive, readSessions, removeSession } from '../session/session-registry.ts';
import { runtimeFolderPath } from '../system/runtime-folder.ts';
import { closeLeftMapping } from './left-mapping.ts';

/** Returns the sessions whose vault process lives. */
export function livingSessions(): readonly SessionDescription[] {
  return readSessions().filter(isAlive);
}

/**
 * Clears what vault processes that died left behind: their mounts, folders and descriptions.
 *
 * @param isWanted - Sessions that somebody wants gone: a password may be asked for to close what the
 * kernel still has open, and what keeps them is thrown. The others stay until somebody does.
 * @returns The sessions that were cleared.
 */
export async function clearDeadSessions(
  isWanted: (session: SessionDescription) => boolean = () => false,
): Promise<readonly SessionDescription[]> {
  const sessions = readSessions();
  const dead = sessions.filter((session) => !isAlive(session));
  const usedByOthers = new Set(sessions.filter(isAlive).map(({ mountPoint }) => mountPoint));
  for (const session of dead) {
    try {
      if (!usedByOthers.has(session.mountPoint)) await clearWayIn(session, isWanted(session));
    } catch (error) {
      // What one vault left must not keep the others from being used: tried again at the next look.
      if (error instanceof VaultError && !isWanted(session)) continue;
      throw error;
    }
    removeSession(session.sessionId);
  }
  return dead;
}

/**
 * As {@link clearDeadSessions}, and the mounts of those that died before they had described
 * themselves: in the runtime folder, or at `mountPoint`.
 */
export async function clearLeftovers(
  mountPoint?: string,
  isWanted?: (session: SessionDescription) => boolean,
): Promise<readonly SessionDescription[]> {
  const dead = await clearDeadSessions(isWanted);
  const living = new Set(livingSessions().map((session) => session.mountPoint));
  const folder = runtimeFolderPath('mounts');
  await clearStaleMounts(
    (path) => !living.has(path) && (dirname(path) === folder || path === mountPoint),
  );
  return dead;
}

/** Removes the way into a volume whose process is gone. */
async function clearWayIn(session: SessionDescription, mayAsk: boolean): Promise<void> {
  if (session.kernel !== undefined) {
    await closeLeftMapping(session.backend, session.kernel, mayAsk);
    if (session.ownsMountPoint) removeOwnMountPoint(session.mountPoint);
    return;
  }
  if (session.backend === 'nbd') {
    await removeStaleSocket(session.mountPoint);
    return;
  }
  // One that answers is another's by now: the dead vault's was cleared, and its place is in use again.
  if ((await fuseHealth(session.mountPoint)) !== 'serving')
    await unmountFuse(session.mountPoint, { isForced: true });
  if (session.ownsMountPoint) removeOwnMountPoint(session.mountPoint);
}

/** Returns the living session of a container, under whatever name the file is given. */
export function findSessionOfContainer(path: string): SessionDescription | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (stat === undefined) return livingSessions().find((session) => session.path === path);
  return livingSessions().find(
    (session) => session.device === String(stat.dev) && session.inode === String(stat.ino),
  );
}

/**
 * Returns the living session that a container file or a mount point names.
 *
 * @throws StateError `not-mounted`
 */
export function requireSession(fileOrFolder: string): SessionDescription {
  const byMountPoint = livingSessions().find(
    (session) =>
      session.mountPoint === fileOrFolder || session.mountPoint === resolved(fileOrFolder),
  );
  const session =
    byMountPoint ??
    findSessionOfContainer(fileOrFolder) ??
    // The name may stand for another file by now: a copy that was moved over the open container.
    livingSessions().find(({ path }) => path === fileOrFolder);
  if (session === undefined) throw new StateError('not-mounted', { path: fileOrFolder });
  return session;
}

function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // names nothing: compared as it is
  }
}
