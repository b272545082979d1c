import { MountError } from '../../shared/errors/vault-error.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { NBD_COUNTER_COUNT, NBD_COUNTERS } from '../mount/nbd/nbd-counters.ts';
import { nbdUri } from '../mount/nbd/nbd-endpoint.ts';
import { assertEndpointFree, bindEndpoint, type NbdListeners } from '../mount/nbd/nbd-listen.ts';
import { NBD_ARENA_BYTES } from '../mount/nbd/nbd-server.ts';
import { entryPath } from '../system/entry-path.ts';
import { EngineHost } from './engine-host.ts';
import { type Served, serveSession, type VolumeLoad } from './serve-session.ts';
import { ServedVolume } from './served-volume.ts';
import type { SessionDescription } from './session-description.ts';
import type { OnPhase } from './session-events.ts';
import type { SessionRequest } from './session-request.ts';
import { type UnlockedContainer, unlockContainer } from './unlocked-container.ts';
import { CRYPT_STACK_ARENA_BYTES } from './volume-stack.ts';
import type { NbdData } from './volume-worker-messages.ts';

type NbdRequest = Extract<SessionRequest, { verb: 'nbd' }>;

/**
 * Unlocks a container and serves its plaintext blocks by the NBD protocol until it is locked.
 *
 * A taken address is told before a key is derived; but the socket is made after that, because a
 * derivation is cancelled by a kill, which would leave it behind. Clients can connect only when the
 * volume is served.
 *
 * @param passphrase - Borrowed until the promise settles.
 * @returns The session, when clients can connect. The process ends by itself after the lock.
 */
export async function serveNbdVault(
  request: NbdRequest,
  passphrase: SecretBytes,
  onPhase: OnPhase,
): Promise<SessionDescription> {
  using container = await unlockContainer(request, passphrase, onPhase, () =>
    assertEndpointFree(request.endpoint),
  );
  return await serveSession(container, () => startExport(request, container));
}

function startExport(request: NbdRequest, container: UnlockedContainer): Served {
  const listeners = bindEndpoint(request.endpoint);
  let volume: ServedVolume;
  try {
    volume = startVolume(request, container, listeners);
  } catch (error) {
    listeners.removeFile();
    throw error;
  }
  return {
    volume,
    place: { mountPoint: nbdUri(request.endpoint), ownsMountPoint: false, backend: 'nbd' },
    readLoad: async () => readLoad(volume.counters),
    assertUnused: () => {
      const connections = volume.counters[NBD_COUNTERS.connections] ?? 0;
      if (connections > 0) throw new MountError('unmount-busy', { connections });
    },
    // Clients that are connected are hung up on.
    detach: async () => volume.stop(),
    release: () => listeners.removeFile(),
    undo: async () => listeners.removeFile(),
  };
}

function startVolume(
  request: NbdRequest,
  { device, unlocked, name }: UnlockedContainer,
  listeners: NbdListeners,
): ServedVolume {
  const engine = new EngineHost({
    arenaBytes: CRYPT_STACK_ARENA_BYTES + NBD_ARENA_BYTES,
    volumeKey: unlocked.volumeKey.bytes,
    sectorBytes: unlocked.segment.sectorBytes,
    cipher: unlocked.segment.cipher,
    preference: request.engine,
  });
  const data: NbdData = {
    fd: device.release(),
    path: request.path,
    isReadOnly: request.isReadOnly,
    canTrim: request.canTrim,
    geometry: unlocked.segment,
    listeners: listeners.fds,
    description: name,
  };
  const entry = entryPath('./serve-nbd-worker', import.meta.url);
  return new ServedVolume({ entry, counters: NBD_COUNTER_COUNT, data }, engine);
}

function readLoad(counters: Float64Array): VolumeLoad {
  const at = (counter: number) => counters[counter] ?? 0;
  return {
    traffic: {
      readBytes: at(NBD_COUNTERS.readBytes),
      writtenBytes: at(NBD_COUNTERS.writtenBytes),
      readRequests: at(NBD_COUNTERS.readRequests),
      writeRequests: at(NBD_COUNTERS.writeRequests),
      errors: at(NBD_COUNTERS.faults),
    },
    usage: null,
    waiting: null,
  };
}
