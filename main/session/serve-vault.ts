import { statfs } from 'node:fs/promises';
import { DEFAULT_CACHE_BYTES, NO_VOLUME_MEMORY } from '../../shared/model/volume-memory.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
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
import { EngineHost } from './engine-host.ts';
import { type Served, serveSession, type VolumeLoad } from './serve-session.ts';
import { ServedVolume } from './served-volume.ts';
import type { SessionDescription } from './session-description.ts';
import type { OnPhase } from './session-events.ts';
import type { SessionRequest } from './session-request.ts';
import { type UnlockedContainer, unlockContainer } from './unlocked-container.ts';
import { mountedVolumeArenaBytes } from './volume-stack.ts';
import type { FolderData } from './volume-worker-messages.ts';

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
  using container = await unlockContainer(request, passphrase, onPhase);
  return await serveSession(container, () => startMount(request, container));
}

function startMount(request: MountRequest, container: UnlockedContainer): Served {
  const mountPoint =
    request.mountPoint === null
      ? claimDefaultMountPoint(container.name)
      : prepareMountPoint(request.mountPoint);
  const { path } = mountPoint;
  let volume: ServedVolume;
  try {
    volume = startVolume(request, container, path);
  } catch (error) {
    releaseMountPoint(mountPoint);
    throw error;
  }
  let readWaiting: (() => number | null) | undefined;
  return {
    volume,
    place: {
      mountPoint: path,
      ownsMountPoint: mountPoint.isCreated,
      backend: 'fuse',
      backendNotes: request.backendNotes ?? [],
      memory: request.memory ?? NO_VOLUME_MEMORY,
    },
    readLoad: () => {
      readWaiting ??= createWaitingReader(path);
      return readLoad(path, volume.counters, readWaiting());
    },
    // The kernel refuses to unmount what is in use.
    assertUnused: () => {},
    detach: async (isForced) => {
      await unmountFuse(path, { isForced });
      if (isForced) volume.stop();
    },
    release: () => clearMount(mountPoint),
    undo: () => clearMount(mountPoint),
  };
}

/** A mount that is left is ours: nobody serves it any more, or its connection was aborted. */
async function clearMount(mountPoint: MountPoint): Promise<void> {
  await clearStaleMounts((stale) => stale === mountPoint.path);
  releaseMountPoint(mountPoint);
}

function startVolume(
  request: MountRequest,
  { device, unlocked, name }: UnlockedContainer,
  mountPoint: string,
): ServedVolume {
  const { memory = NO_VOLUME_MEMORY } = request;
  const engine = new EngineHost({
    arenaBytes: mountedVolumeArenaBytes(memory.cacheBytes ?? DEFAULT_CACHE_BYTES),
    volumeKey: unlocked.volumeKey.bytes,
    sectorBytes: unlocked.segment.sectorBytes,
    cipher: unlocked.segment.cipher,
    preference: request.engine,
  });
  const data: FolderData = {
    fd: device.release(),
    path: request.path,
    isReadOnly: request.isReadOnly,
    geometry: unlocked.segment,
    mountPoint,
    volumeName: name,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    discardsFreed: request.discardsFreed === true,
    showsBlocks: request.shows === 'blocks',
    memory,
  };
  const entry = entryPath('./volume-worker', import.meta.url);
  return new ServedVolume({ entry, counters: FUSE_COUNTER_COUNT, data }, engine);
}

async function readLoad(
  mountPoint: string,
  counters: Float64Array,
  waiting: number | null,
): Promise<VolumeLoad> {
  const at = (counter: number) => counters[counter] ?? 0;
  const usage = await statfs(mountPoint);
  return {
    traffic: {
      readBytes: at(FUSE_COUNTERS.readBytes),
      writtenBytes: at(FUSE_COUNTERS.writtenBytes),
      readRequests: at(FUSE_COUNTERS.readRequests),
      writeRequests: at(FUSE_COUNTERS.writeRequests),
      errors: at(FUSE_COUNTERS.faults),
    },
    usage: { totalBytes: usage.blocks * usage.bsize, freeBytes: usage.bavail * usage.bsize },
    waiting,
  };
}
