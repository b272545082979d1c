import { randomBytes } from 'node:crypto';
import { fstatSync } from 'node:fs';
import { basename } from 'node:path';
import { MountError, StateError } from '../../shared/errors/vault-error.ts';
import type { EngineChanges, EngineSnapshot } from '../../shared/model/engine.ts';
import { FileDevice } from '../block/file-device.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { describeHeader } from '../luks/describe-header.ts';
import { readLuks2 } from '../luks/read-luks2.ts';
import { repairHeaderCopies } from '../luks/repair-header-copies.ts';
import { unlockLuks2 } from '../luks/unlock-luks2.ts';
import { NBD_COUNTER_COUNT, NBD_COUNTERS } from '../mount/nbd/nbd-counters.ts';
import { nbdUri } from '../mount/nbd/nbd-endpoint.ts';
import { assertEndpointFree, bindEndpoint, type NbdListeners } from '../mount/nbd/nbd-listen.ts';
import { NBD_ARENA_BYTES } from '../mount/nbd/nbd-server.ts';
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
import { CRYPT_STACK_ARENA_BYTES } from './volume-stack.ts';
import type { NbdData } from './volume-worker-messages.ts';

const EXIT_DELAY_MS = 300;
const STOP_WAIT_MS = 10_000;

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
  using device = FileDevice.open(request.path, { isReadOnly: request.isReadOnly });
  const header = readLuks2(device);
  const loaded = device.isReadOnly ? header : repairHeaderCopies(device, header);
  assertEndpointFree(request.endpoint);
  onPhase('deriving', null);
  using unlocked = await unlockLuks2(device, loaded, passphrase);
  onPhase('mounting', null);
  const listeners = bindEndpoint(request.endpoint);
  try {
    const { label } = describeHeader(loaded, device.sizeBytes);
    const file = fstatSync(device.fd, { bigint: true });
    const host = new EngineHost({
      arenaBytes: CRYPT_STACK_ARENA_BYTES + NBD_ARENA_BYTES,
      volumeKey: unlocked.volumeKey.bytes,
      sectorBytes: unlocked.segment.sectorBytes,
      preference: request.engine,
    });
    const data: NbdData = {
      fd: device.release(),
      path: request.path,
      isReadOnly: request.isReadOnly,
      canTrim: request.canTrim,
      geometry: unlocked.segment,
      listeners: listeners.fds,
      description: label === '' ? basename(request.path) : label,
    };
    const entry = entryPath('./serve-nbd-worker', import.meta.url);
    const volume = new ServedVolume({ entry, counters: NBD_COUNTER_COUNT, data }, host);
    return await publish(volume, listeners, ({ filesystem }, engine) => ({
      version: 1,
      sessionId: randomBytes(8).toString('hex'),
      processId: process.pid,
      processStart: processStart(process.pid) ?? '',
      path: request.path,
      device: String(file.dev),
      inode: String(file.ino),
      uuid: unlocked.uuid,
      label,
      mountPoint: nbdUri(request.endpoint),
      ownsMountPoint: false,
      isReadOnly: request.isReadOnly,
      backend: 'nbd',
      filesystem,
      engine,
      startedMs: Date.now(),
    }));
  } catch (error) {
    listeners.removeFile();
    throw error;
  }
}

async function publish(
  volume: ServedVolume,
  listeners: NbdListeners,
  describe: (
    serving: Awaited<ReturnType<ServedVolume['ready']>>,
    engine: EngineSnapshot,
  ) => SessionDescription,
): Promise<SessionDescription> {
  try {
    const serving = await volume.ready();
    const session = describe(serving, await volume.startEngine());
    await serveControl(session, volume, listeners);
    return session;
  } catch (error) {
    volume.stop();
    await volume.closed.catch(() => {});
    throw error;
  }
}

/** Answers other processes, and cleans up when the volume is closed by whatever way. */
async function serveControl(
  session: SessionDescription,
  volume: ServedVolume,
  listeners: NbdListeners,
): Promise<void> {
  const server = await startControlServer(
    controlSocketPath(session.sessionId),
    async (request: ControlRequest) => {
      if (request.verb === 'status') return readStatus(volume);
      if (request.verb === 'tune') return tuneVolume(session, volume, request.changes);
      if (request.verb === 'sync') await volume.sync();
      else await lockVolume(volume, request.isForced);
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
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => void lockVolume(volume, true).catch(() => {}));
  }
  const end = () => {
    listeners.removeFile();
    removeSession(session.sessionId);
    // Answers that are on their way go out; then nothing keeps the process, or its memory, alive.
    server.close(() => process.exit());
    setTimeout(() => process.exit(), EXIT_DELAY_MS).unref();
  };
  volume.closed.then(end, end);
}

/**
 * Stores everything and waits until the worker has closed the volume.
 *
 * Forced: clients that are connected are hung up on, and what cannot be stored does not stop it.
 *
 * @throws MountError `unmount-busy` where clients are connected.
 */
async function lockVolume(volume: ServedVolume, isForced: boolean): Promise<void> {
  const connections = volume.counters[NBD_COUNTERS.connections] ?? 0;
  if (!isForced && connections > 0) throw new MountError('unmount-busy', { connections });
  const stored = volume.sync();
  if (isForced) await stored.catch(() => {});
  else await stored;
  volume.stop();
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

function readStatus(volume: ServedVolume): SessionStatus {
  const at = (counter: number) => volume.counters[counter] ?? 0;
  return {
    traffic: {
      readBytes: at(NBD_COUNTERS.readBytes),
      writtenBytes: at(NBD_COUNTERS.writtenBytes),
      readRequests: at(NBD_COUNTERS.readRequests),
      writeRequests: at(NBD_COUNTERS.writeRequests),
      errors: at(NBD_COUNTERS.faults),
    },
    usage: null,
    engineEvents: volume.engineEvents,
    statistics: volume.readStatistics(null),
  };
}
