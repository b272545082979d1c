import { randomBytes } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import { StateError } from '../../shared/errors/vault-error.ts';
import { type KernelMount, kernelEngine } from '../../shared/model/backend.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { hasMapping, readTraffic, syncFilesystem } from '../mount/kernel-device.ts';
import type { KernelChanges, KernelVolume } from '../mount/kernel-volume.ts';
import { processStart } from '../system/process-start.ts';
import type { ControlRequest, SessionStatus } from './control-protocol.ts';
import { type OpenKernelVolume, openKernelVolume } from './open-kernel-volume.ts';
import { END_SIGNALS, publishSession, type Republish } from './publish-session.ts';
import type { SessionDescription } from './session-description.ts';
import type { OnPhase } from './session-events.ts';
import type { SessionRequest } from './session-request.ts';
import { type UnlockedContainer, unlockContainer, unlockTimesOf } from './unlocked-container.ts';

/** How soon a mapping that somebody else has closed is noticed. */
const LOOK_MS = 1_000;

type MountRequest = Extract<SessionRequest, { verb: 'mount' }>;

/**
 * Unlocks a container, has the kernel serve and mount it, and keeps that session until it is
 * locked. The volume key is gone from this process when the kernel has it.
 *
 * A signal before the folder is usable undoes what has been made.
 *
 * @param passphrase - Borrowed until the promise settles.
 * @returns The session, when its folder is usable. The process ends by itself after the lock.
 */
export async function serveKernelVault(
  request: MountRequest,
  passphrase: SecretBytes,
  onPhase: OnPhase,
): Promise<SessionDescription> {
  using container = await unlockContainer(request, passphrase, onPhase);
  const cancelling = new AbortController();
  const cancel = () => cancelling.abort();
  for (const signal of END_SIGNALS) process.on(signal, cancel);
  try {
    const opened = await openKernelVolume(request, container, passphrase, cancelling.signal);
    const session = describe(request, container, opened);
    try {
      await publish(session, opened);
    } catch (error) {
      await opened.volume.close({ isForced: true });
      opened.release();
      throw error;
    }
    return session;
  } catch (error) {
    if (cancelling.signal.aborted) throw new StateError('cancelled', {}, error);
    throw error;
  } finally {
    for (const signal of END_SIGNALS) process.off(signal, cancel);
  }
}

function describe(
  { backend = 'dmcrypt', backendNotes = [] }: MountRequest,
  container: UnlockedContainer,
  { volume, filesystem, ownsMountPoint }: OpenKernelVolume,
): SessionDescription {
  const { path, isReadOnly, unlocked, label, pin, identity } = container;
  return {
    version: 1,
    sessionId: randomBytes(8).toString('hex'),
    processId: process.pid,
    processStart: processStart(process.pid) ?? '',
    path,
    ...identity,
    uuid: unlocked.uuid,
    label,
    pin,
    mountPoint: volume.mountPoint,
    ownsMountPoint,
    isReadOnly,
    backend,
    backendNotes,
    kernel: volume.kernel,
    filesystem,
    engine: kernelEngine(volume.kernel),
    unlockTimes: unlockTimesOf(container),
    startedMs: Date.now(),
  };
}

async function publish(
  session: SessionDescription,
  { volume, release }: OpenKernelVolume,
): Promise<void> {
  const closed = Promise.withResolvers<void>();
  let locking: Promise<void> | undefined;
  /** One at a time: who asks meanwhile gets the same answer. */
  const lock = (isForced: boolean) => {
    locking ??= lockVolume(volume, isForced)
      .then(closed.resolve)
      .finally(() => {
        locking = undefined;
      });
    return locking;
  };
  await publishSession(session, {
    answer: async (request: ControlRequest, republish) => {
      if (request.verb === 'status') return readStatus(volume);
      if (request.verb === 'refresh') return refresh(volume, request, republish);
      if (request.verb === 'tune') throw new StateError('backend-unsuited', {});
      if (request.verb === 'sync') await syncFilesystem(volume.mountPoint);
      else await lock(request.isForced);
      return null;
    },
    lockForced: () => lock(true),
    closed: closed.promise,
    release,
  });
  setInterval(() => {
    if (locking === undefined && !hasMapping(volume.kernel)) closed.resolve();
  }, LOOK_MS);
}

/** Stores everything, unmounts and closes the mapping. */
async function lockVolume(volume: KernelVolume, isForced: boolean): Promise<void> {
  const stored = syncFilesystem(volume.mountPoint);
  if (isForced) await stored.catch(() => {});
  else await stored;
  await volume.close({ isForced });
}

/** Changes the mapping and tells everybody what is in force since then. */
async function refresh(
  volume: KernelVolume,
  { flags, driver }: KernelChanges,
  republish: Republish,
): Promise<KernelMount> {
  const kernel = await volume.refresh({ flags, driver });
  republish({ kernel, engine: kernelEngine(kernel) });
  return kernel;
}

async function readStatus({ kernel, mountPoint }: KernelVolume): Promise<SessionStatus> {
  const usage = await statfs(mountPoint);
  return {
    traffic: { ...readTraffic(kernel), errors: 0 },
    usage: { totalBytes: usage.blocks * usage.bsize, freeBytes: usage.bavail * usage.bsize },
    statistics: null,
  };
}
