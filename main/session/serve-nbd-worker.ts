/**
 * The NBD worker: one thread that serves one volume's plaintext to NBD clients, all of it
 * synchronous, until it is told to stop; it leaves everything on stable storage.
 *
 * There is no cache: what a client wrote is in the container when it is told so, and a flush is
 * the container's fsync.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { toWireError, type WireError } from '../../shared/errors/vault-error.ts';
import type { BlockDevice } from '../block/block-device.ts';
import { FileDevice } from '../block/file-device.ts';
import { Arena } from '../bytes/arena.ts';
import { identifyFilesystem } from '../filesystem/identify.ts';
import type { LoopControl } from '../mount/loop-control.ts';
import { startListening } from '../mount/nbd/nbd-listen.ts';
import { NBD_ARENA_BYTES, serveNbd } from '../mount/nbd/nbd-server.ts';
import type { NbdWorkerData, NbdWorkerMessage } from './serve-nbd-messages.ts';
import { takeCommands, VOLUME_COMMANDS } from './volume-control.ts';
import { buildCryptStack, CRYPT_STACK_ARENA_BYTES } from './volume-stack.ts';

function post(message: NbdWorkerMessage): void {
  parentPort?.postMessage(message);
}

function attempt(action: () => void): WireError | null {
  try {
    action();
    return null;
  } catch (error) {
    return toWireError(error);
  }
}

function run(data: NbdWorkerData): void {
  const { isReadOnly, canTrim, description, listeners } = data;
  using container = FileDevice.adopt(data.path, data.fd, { isReadOnly });
  const arena = new Arena(CRYPT_STACK_ARENA_BYTES + NBD_ARENA_BYTES);
  const key = new Uint8Array(data.volumeKey);
  using stack = buildCryptStack(container, data.geometry, arena, { volumeKey: key });
  key.fill(0);
  const { crypt: device } = stack;
  startListening(listeners);
  post({
    type: 'serving',
    filesystem: identifyFilesystem(device),
    provider: stack.providerName,
  });
  serveNbd({
    served: { device, description, isReadOnly, canTrim },
    listeners,
    allocate: (lengthBytes) => arena.allocate(lengthBytes),
    control: data.control,
    counters: new Float64Array(data.counters),
    onControl: () => obey(data.control, device),
  });
  post({ type: 'closed', error: attempt(() => device.flush()) });
}

/** Serves what the vault process asked for through the control words. */
function obey(control: LoopControl, device: BlockDevice): 'continue' | 'stop' {
  const commands = takeCommands(control);
  if ((commands & VOLUME_COMMANDS.sync) !== 0) {
    post({ type: 'synced', error: attempt(() => device.flush()) });
  }
  return (commands & VOLUME_COMMANDS.stop) !== 0 ? 'stop' : 'continue';
}

const data = workerData as NbdWorkerData; // `NbdVolume` is the only caller
try {
  run(data);
} catch (error) {
  post({ type: 'failed', error: toWireError(error) });
}
