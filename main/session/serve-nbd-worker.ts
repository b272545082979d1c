/**
 * The NBD worker: one thread that serves one volume's plaintext to NBD clients, all of it
 * synchronous, until it is told to stop; it leaves everything on stable storage.
 *
 * There is no cache: what a client wrote is in the container when it is told so, and a flush is
 * the container's fsync.
 */
import { workerData } from 'node:worker_threads';
import { toWireError } from '../../shared/errors/vault-error.ts';
import { FileDevice } from '../block/file-device.ts';
import { Arena } from '../bytes/arena.ts';
import { identifyFilesystem } from '../filesystem/identify.ts';
import { startListening } from '../mount/nbd/nbd-listen.ts';
import { serveNbd } from '../mount/nbd/nbd-server.ts';
import { StageClock } from '../statistics/stage-clock.ts';
import { viewStatistics } from '../statistics/volume-statistics.ts';
import { attempt, post, serveCommands } from './serve-commands.ts';
import { buildCryptStack } from './volume-stack.ts';
import type { NbdData, ServedVolumeData } from './volume-worker-messages.ts';

type NbdWorkerData = NbdData & ServedVolumeData;

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
    type: 'ready',
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
    onControl: () => serveCommands(data, stack.engine, () => device.flush()),
  });
  post({ type: 'closed', error: attempt(() => device.flush()) });
}

const data = workerData as NbdWorkerData; // `serveNbdVault` is the only caller
try {
  run(data);
} catch (error) {
  post({ type: 'failed', error: toWireError(error) });
}
