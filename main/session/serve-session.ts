import { randomBytes } from 'node:crypto';
import { StateError } from '../../shared/errors/vault-error.ts';
import type { EngineChanges, EngineSnapshot } from '../../shared/model/engine.ts';
import { processStart } from '../system/process-start.ts';
import type { ControlRequest, SessionStatus } from './control-protocol.ts';
import { END_SIGNALS, publishSession, type Republish } from './publish-session.ts';
import type { ServedVolume } from './served-volume.ts';
import type { SessionDescription } from './session-description.ts';
import { type UnlockedContainer, unlockTimesOf } from './unlocked-container.ts';

const STOP_WAIT_MS = 10_000;

/** What a way to serve knows of its users' requests. */
export type VolumeLoad = Pick<SessionStatus, 'traffic' | 'usage'> &
  Readonly<{
    /** Requests that the system holds for this volume; null where it does not tell. */
    waiting: number | null;
  }>;

/** What differs between the ways to serve a volume. */
export type Served = Readonly<{
  volume: ServedVolume;
  place: Pick<
    SessionDescription,
    'mountPoint' | 'ownsMountPoint' | 'backend' | 'backendNotes' | 'memory'
  >;
  readLoad: () => Promise<VolumeLoad>;
  /** Refuses a lock that is not forced while the volume is in use, where its users can be counted. */
  assertUnused: () => void;
  /** Takes the volume away from its users, all of it stored; the worker ends after that. */
  detach: (isForced: boolean) => Promise<void>;
  /** Removes what was made for it; the worker has ended. */
  release: () => void | Promise<void>;
  /** Undoes a start that failed; the worker has ended. */
  undo: () => Promise<void>;
}>;

/**
 * Serves an unlocked container until it is locked: waits until it is usable, publishes the session,
 * answers other processes, and cleans up when the volume is closed by whatever way.
 *
 * A signal before it is usable undoes what has been made.
 *
 * @param start - Makes what is served; what it throws leaves nothing behind.
 * @returns The session. The process ends by itself after the lock.
 */
export async function serveSession(
  container: UnlockedContainer,
  start: () => Served,
): Promise<SessionDescription> {
  let served: Served | undefined;
  let isCancelled = false;
  const cancel = () => {
    isCancelled = true;
    served?.volume.stop();
  };
  for (const signal of END_SIGNALS) process.on(signal, cancel);
  try {
    served = start();
    const { filesystem, isReadOnly, readOnlyReasons } = await served.volume.ready();
    const engine = await served.volume.startEngine();
    if (isCancelled) throw new StateError('cancelled', {});
    const session = describe(container, served, {
      ...{ filesystem, engine },
      isReadOnly: container.isReadOnly || isReadOnly === true,
      filesystemNotes: (readOnlyReasons ?? []).map((reason) => `Read-only: ${reason}`),
    });
    await publish(session, served);
    return session;
  } catch (error) {
    served?.volume.stop();
    await served?.volume.closed.catch(() => {});
    await served?.undo();
    throw error;
  } finally {
    for (const signal of END_SIGNALS) process.off(signal, cancel);
  }
}

function describe(
  container: UnlockedContainer,
  { place }: Served,
  state: Pick<SessionDescription, 'filesystem' | 'engine' | 'isReadOnly' | 'filesystemNotes'>,
): SessionDescription {
  const { path, unlocked, label, pin, identity } = container;
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
    ...place,
    ...state,
    unlockTimes: unlockTimesOf(container),
    startedMs: Date.now(),
  };
}

async function publish(session: SessionDescription, served: Served): Promise<void> {
  const { volume, release } = served;
  await publishSession(session, {
    answer: async (request: ControlRequest, republish) => {
      if (request.verb === 'status') return readStatus(served);
      if (request.verb === 'tune') return tune(volume, request.changes, republish);
      if (request.verb === 'refresh') throw new StateError('backend-unsuited', {});
      if (request.verb === 'sync') await volume.sync();
      else await lock(served, request.isForced);
      return null;
    },
    lockForced: () => lock(served, true),
    closed: volume.closed,
    release: async () => {
      await release();
      if (!volume.hasClosed) throw new StateError('vault-crashed', {});
    },
  });
}

/**
 * Stores everything, takes the volume away and waits until the worker has closed it.
 *
 * Forced: what cannot be stored or is in use does not stop it; programs that use it then get errors.
 */
async function lock(served: Served, isForced: boolean): Promise<void> {
  const { volume } = served;
  if (!isForced) served.assertUnused();
  const stored = volume.sync();
  if (isForced) await stored.catch(() => {});
  else await stored;
  await served.detach(isForced);
  const timeout = new Promise<never>((_, reject) => {
    const refusal = new StateError('operation-in-progress', {});
    setTimeout(() => reject(refusal), STOP_WAIT_MS).unref();
  });
  await Promise.race([volume.closed, timeout]);
}

/** Changes the engine and tells everybody what is in force since then. */
async function tune(
  volume: ServedVolume,
  changes: EngineChanges,
  republish: Republish,
): Promise<EngineSnapshot> {
  const engine = await volume.tune(changes);
  republish({ engine });
  return engine;
}

async function readStatus({ volume, readLoad }: Served): Promise<SessionStatus> {
  const { waiting, ...load } = await readLoad();
  return {
    ...load,
    engineEvents: volume.engineEvents,
    fault: volume.fault,
    statistics: volume.readStatistics(waiting),
  };
}
