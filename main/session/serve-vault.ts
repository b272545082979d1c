import { randomBytes } from 'node:crypto';
import { fstatSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { basename } from 'node:path';
import { StateError } from '../../shared/errors/vault-error.ts';
import type { EngineChanges, EngineSnapshot } from '../../shared/model/engine.ts';
import { FileDevice } from '../block/file-device.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { describeHeader } from '../luks/describe-header.ts';
import { type LoadedHeader, readLuks2 } from '../luks/read-luks2.ts';
import { repairHeaderCopies } from '../luks/repair-header-copies.ts';
import { unlockLuks2 } from '../luks/unlock-luks2.ts';
import type { UnlockedVolume } from '../luks/unlocked-volume.ts';
import { FUSE_COUNTER_COUNT, FUSE_COUNTERS } from '../mount/fuse/fuse-counters.ts';
import { unmountFuse } from '../mount/fuse/fuse-unmount.ts';
import { createWaitingReader } from '../mount/fuse/fuse-waiting.ts';
import { clearStaleMounts } from '../mount/fuse/stale-mounts.ts';
import {
  claimDefaultMountPoint,
  type MountPoint,
  prepareMountPoint,
  releaseMountPoint,
} from '../mount/mount-point.ts';
import { entryPath } from '../system/entry-path.ts';
import { processStart } from '../system/process-start.ts';
import type { ControlRequest, SessionStatus } from './control-protocol.ts';
import { startControlServer } from './control-server.ts';
import { EngineHost } from './engine-host.ts';
import { ServedVolume } from './served-volume.ts';
import type { SessionDescription } from './session-description.ts';
import type { OnPhase } from './session-events.ts';
import { controlSocketPath, removeSession, writeSession } from './session-registry.ts';
import type { SessionRequest } from './session-request.ts';
import { MOUNTED_VOLUME_ARENA_BYTES } from './volume-stack.ts';
import type { FolderData } from './volume-worker-messages.ts';

const EXIT_DELAY_MS = 300;
const END_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
const STOP_WAIT_MS = 10_000;

type MountRequest = Extract<SessionRequest, { verb: 'mount' }>;

/**
 * Unlocks a container, mounts its filesystem and serves it until it is locked.
 *
 * @param passphrase - Borrowed until the promise settles.
 * @returns The session, when its folder is usable. The process ends by itself after the lock.
 */
export async function serveVault(
  request: MountRequest,
  passphrase: SecretBytes,
  onPhase: OnPhase,
): Promise<SessionDescription> {
  using device = FileDevice.open(request.path, { isReadOnly: request.isReadOnly });
  const loaded = loadHeader(device);
  onPhase('deriving', null);
  using unlocked = await unlockLuks2(device, loaded, passphrase);
  onPhase('mounting', null);
  const { label } = describeHeader(loaded, device.sizeBytes);
  const name = label === '' ? basename(request.path) : label;
  // Cancelled from here on: what has been made is undone, as after a failure.
  let volume: ServedVolume | undefined;
  const stop = () => volume?.stop();
  for (const signal of END_SIGNALS) process.on(signal, stop);
  const mountPoint =
    request.mountPoint === null
      ? claimDefaultMountPoint(name)
      : prepareMountPoint(request.mountPoint);
  const file = fstatSync(device.fd, { bigint: true });
  volume = startVolume(request, device, unlocked, mountPoint.path, name);
  try {
    const mounted = await volume.ready();
    const engine = await volume.startEngine();
    const session: SessionDescription = {
      version: 1,
      sessionId: randomBytes(8).toString('hex'),
      processId: process.pid,
      processStart: processStart(process.pid) ?? '',
      path: request.path,
      device: String(file.dev),
      inode: String(file.ino),
      uuid: unlocked.uuid,
      label,
      mountPoint: mountPoint.path,
      ownsMountPoint: mountPoint.isCreated,
      isReadOnly: request.isReadOnly,
      backend: 'fuse',
      filesystem: mounted.filesystem,
      engine,
      startedMs: Date.now(),
    };
    await serveControl(session, volume, mountPoint);
    return session;
  } catch (error) {
    volume.stop();
    await volume.closed.catch(() => {});
    // It is ours if it is there at all: nobody serves it any more.
    await clearStaleMounts((path) => path === mountPoint.path);
    releaseMountPoint(mountPoint);
    throw error;
  } finally {
    for (const signal of END_SIGNALS) process.off(signal, stop);
  }
}

/** Reads the header; a damaged copy is rewritten where the container is opened for writing. */
function loadHeader(device: FileDevice): LoadedHeader {
  const loaded = readLuks2(device);
  return device.isReadOnly ? loaded : repairHeaderCopies(device, loaded);
}

function startVolume(
  request: MountRequest,
  device: FileDevice,
  unlocked: UnlockedVolume,
  mountPoint: string,
  volumeName: string,
): ServedVolume {
  const engine = new EngineHost({
    arenaBytes: MOUNTED_VOLUME_ARENA_BYTES,
    volumeKey: unlocked.volumeKey.bytes,
    sectorBytes: unlocked.segment.sectorBytes,
    preference: request.engine,
  });
  const data: FolderData = {
    fd: device.release(),
    path: request.path,
    isReadOnly: request.isReadOnly,
    geometry: unlocked.segment,
    mountPoint,
    volumeName,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
  };
  const entry = entryPath('./volume-worker', import.meta.url);
  return new ServedVolume({ entry, counters: FUSE_COUNTER_COUNT, data }, engine);
}

/** Publishes the session, answers other processes, and cleans up when the volume is closed by whatever way. */
async function serveControl(
  session: SessionDescription,
  volume: ServedVolume,
  mountPoint: MountPoint,
): Promise<void> {
  const lock = (isForced: boolean) => lockVolume(session, volume, isForced);
  const readWaiting = createWaitingReader(session.mountPoint);
  const server = await startControlServer(
    controlSocketPath(session.sessionId),
    async (request: ControlRequest) => {
      if (request.verb === 'status') return readStatus(session, volume, readWaiting);
      if (request.verb === 'tune') return tuneVolume(session, volume, request.changes);
      if (request.verb === 'sync') await volume.sync();
      else await lock(request.isForced);
      return null;
    },
  );
  try {
    writeSession(session);
  } catch (error) {
    server.close();
    removeSession(session.sessionId);
    throw error;
  }
  for (const signal of END_SIGNALS) {
    process.on(signal, () => void lock(true).catch(() => {}));
  }
  const end = () => {
    releaseMountPoint(mountPoint);
    removeSession(session.sessionId);
    // Answers that are on their way go out; then nothing keeps the process, or its memory, alive.
    server.close(() => process.exit());
    setTimeout(() => process.exit(), EXIT_DELAY_MS).unref();
  };
  volume.closed.then(end, end);
}

/**
 * Stores everything, unmounts and waits until the worker has closed the volume.
 *
 * Forced: what cannot be stored or is in use does not stop it; programs with open files then get
 * errors.
 */
async function lockVolume(
  session: SessionDescription,
  volume: ServedVolume,
  isForced: boolean,
): Promise<void> {
  const stored = volume.sync();
  if (isForced) await stored.catch(() => {});
  else await stored;
  await unmountFuse(session.mountPoint, { isForced });
  if (isForced) volume.stop();
  const timeout = new Promise<never>((_, reject) => {
    const refusal = new StateError('operation-in-progress', {});
    setTimeout(() => reject(refusal), STOP_WAIT_MS).unref();
  });
  await Promise.race([volume.closed, timeout]);
}

/** Changes the engine and tells everybody what is in force since then. */
async function tuneVolume(
  session: SessionDescription,
  volume: ServedVolume,
  changes: EngineChanges,
): Promise<EngineSnapshot> {
  const engine = await volume.tune(changes);
  writeSession({ ...session, engine });
  return engine;
}

async function readStatus(
  session: SessionDescription,
  volume: ServedVolume,
  readWaiting: () => number | null,
): Promise<SessionStatus> {
  const at = (counter: number) => volume.counters[counter] ?? 0;
  const usage = await statfs(session.mountPoint);
  return {
    traffic: {
      readBytes: at(FUSE_COUNTERS.readBytes),
      writtenBytes: at(FUSE_COUNTERS.writtenBytes),
      readRequests: at(FUSE_COUNTERS.readRequests),
      writeRequests: at(FUSE_COUNTERS.writeRequests),
      errors: at(FUSE_COUNTERS.faults),
    },
    usage: { totalBytes: usage.blocks * usage.bsize, freeBytes: usage.bavail * usage.bsize },
    engineEvents: volume.engineEvents,
    statistics: volume.readStatistics(readWaiting()),
  };
}
