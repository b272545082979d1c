/**
 * The NBD worker: one thread that serves one volume's plaintext to NBD clients, all of it
 * synchronous, until it is told to stop; it leaves everything on stable storage.
 *
 * There is no cache: what a client wrote is in the container when it is told so, and a flush is
 * the container's fsync.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { toWireError, type WireError } from '../../shared/errors/vault-error.ts';
import { FileDevice } from '../block/file-device.ts';
import { Arena } from '../bytes/arena.ts';
import { identifyFilesystem } from '../filesystem/identify.ts';
import { startListening } from '../mount/nbd/nbd-listen.ts';
import { serveNbd } from '../mount/nbd/nbd-server.ts';
import { StageClock } from '../statistics/stage-clock.ts';
import { viewStatistics } from '../statistics/volume-statistics.ts';
import { obeyOrder } from './engine-orders.ts';
import type { NbdWorkerData, NbdWorkerMessage } from './serve-nbd-messages.ts';
import { takeCommands, VOLUME_COMMANDS } from './volume-control.ts';
import { buildCryptStack, type CryptStack } from './volume-stack.ts';

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
  const arena = new Arena(data.engine.arena);
  const clock = new StageClock(viewStatistics(data.statistics));
  using stack = buildCryptStack(container, data.geometry, arena, {
    volumeKey: new Uint8Array(data.engine.volumeKey),
    provider: data.engine.provider,
    clock,
  });
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
    clock,
    onControl: () => obey(data, stack),
  });
  post({ type: 'closed', error: attempt(() => device.flush()) });
}

/** Serves what the vault process asked for through the control words. */
function obey(data: NbdWorkerData, { crypt, engine }: CryptStack): 'continue' | 'stop' {
  const commands = takeCommands(data.control);
  if ((commands & VOLUME_COMMANDS.tune) !== 0) obeyOrder(data.engine, engine, post);
  if ((commands & VOLUME_COMMANDS.sync) !== 0) {
    post({ type: 'synced', error: attempt(() => crypt.flush()) });
  }
  return (commands & VOLUME_COMMANDS.stop) !== 0 ? 'stop' : 'continue';
}

const data = workerData as NbdWorkerData; // `NbdVolume` is the only caller
try {
  run(data);
} catch (error) {
  post({ type: 'failed', error: toWireError(error) });
}
