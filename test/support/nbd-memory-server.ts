import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import {
  closeLoopControl,
  createLoopControl,
  endLoop,
  type LoopControl,
} from '../../main/mount/loop-control.ts';
import { NBD_COUNTER_COUNT } from '../../main/mount/nbd/nbd-counters.ts';
import type { NbdEndpoint } from '../../main/mount/nbd/nbd-endpoint.ts';
import { bindEndpoint } from '../../main/mount/nbd/nbd-listen.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Where each fault lies in the shared array; offsets of -1 are no faults. */
export const FAULTS = { readAt: 0, writeAt: 1, flush: 2, flushes: 3 } as const;

export type NbdMemoryData = Readonly<{
  bytes: SharedArrayBuffer;
  faults: Float64Array;
  isReadOnly: boolean;
  canTrim: boolean;
  listeners: readonly number[];
  control: LoopControl;
  counters: Float64Array;
}>;

/** An NBD server over memory that the test sees, in a worker thread of this process. */
export type NbdMemoryServer = AsyncDisposable &
  Readonly<{
    path: string;
    bytes: Uint8Array;
    /** @see FAULTS */
    faults: Float64Array;
    /** @see NBD_COUNTERS */
    counters: Float64Array;
    /** Ends the server; tells whether it left any plaintext in its buffers. */
    stop(): Promise<'wiped' | 'dirty'>;
  }>;

export type ServeMemoryOptions = Readonly<{
  sizeBytes?: number;
  isReadOnly?: boolean;
  canTrim?: boolean;
  endpoint?: NbdEndpoint;
}>;

export async function serveMemoryByNbd(options: ServeMemoryOptions = {}): Promise<NbdMemoryServer> {
  const folder = temporaryFolder();
  const path = folder.file('socket');
  const listeners = bindEndpoint(options.endpoint ?? { kind: 'unix', path });
  const data: NbdMemoryData = {
    bytes: new SharedArrayBuffer(options.sizeBytes ?? 4 * 1024 * 1024),
    faults: new Float64Array(new SharedArrayBuffer(32)),
    isReadOnly: options.isReadOnly ?? false,
    canTrim: options.canTrim ?? true,
    listeners: listeners.fds,
    control: createLoopControl(),
    counters: new Float64Array(new SharedArrayBuffer(8 * NBD_COUNTER_COUNT)),
  };
  data.faults.fill(-1, 0, 2);
  const worker = new Worker(new URL('./nbd-memory-worker.ts', import.meta.url), {
    workerData: data,
    trackUnmanagedFds: false,
  });
  await once(worker, 'message');
  let stopping: Promise<'wiped' | 'dirty'> | undefined;
  const stop = async () => {
    const lastWord = once(worker, 'message');
    const ended = once(worker, 'exit');
    endLoop(data.control);
    const [word] = (await lastWord) as ['wiped' | 'dirty'];
    await ended;
    closeLoopControl(data.control);
    listeners.removeFile();
    folder[Symbol.dispose]();
    return word;
  };
  const stopOnce = () => {
    stopping ??= stop();
    return stopping;
  };
  return {
    path,
    bytes: new Uint8Array(data.bytes),
    faults: data.faults,
    counters: data.counters,
    stop: stopOnce,
    [Symbol.asyncDispose]: async () => void (await stopOnce()),
  };
}
