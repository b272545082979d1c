import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { FUSE_COUNTER_COUNT } from '../../../main/mount/fuse/fuse-counters.ts';
import type { ServeExit } from '../../../main/mount/fuse/fuse-loop.ts';
import { unmountFuse } from '../../../main/mount/fuse/fuse-unmount.ts';
import {
  closeLoopControl,
  createLoopControl,
  type LoopControl,
  pokeLoop,
} from '../../../main/mount/loop-control.ts';
import type { Held, MemoryFileSystemOptions } from '../../support/memory-node.ts';

/** The control word in which a command for the worker lies. */
export const COMMAND_WORD = 1;
export const COMMANDS = { report: 0, stop: 1 } as const;

export type MemoryMountData = Readonly<{
  mountPoint: string;
  isReadOnly: boolean;
  volumeName: string;
  control: LoopControl;
  counters: Float64Array;
  fileSystem: MemoryFileSystemOptions;
}>;

export type MemoryReport = Readonly<{
  held: Held;
  syncs: number;
  faults: number;
  backgroundRuns: number;
}>;

export type MemoryMountMessage =
  | Readonly<{ kind: 'ready'; threadId: number }>
  | (MemoryReport & Readonly<{ kind: 'report' }>)
  | (MemoryReport & Readonly<{ kind: 'exit'; exit: ServeExit }>);

/** A mounted `MemoryFileSystem`, served by a worker thread of this process. */
export type MemoryMount = AsyncDisposable &
  Readonly<{
    mountPoint: string;
    counters: Float64Array;
    /** Pokes the loop and resolves to what it reports. */
    report(): Promise<MemoryReport>;
    /** Asks the loop to return without an unmount. */
    stop(): Promise<MemoryReport & { exit: ServeExit }>;
    /** Unmounts and resolves to the loop's last words. */
    unmount(options?: Readonly<{ isForced: boolean }>): Promise<MemoryReport & { exit: ServeExit }>;
  }>;

export type ServeMemoryOptions = Readonly<{
  mountPoint?: string;
  isReadOnly?: boolean;
  volumeName?: string;
  fileSystem?: MemoryFileSystemOptions;
}>;

/** Mounts and serves a filesystem in memory; resolves when the folder is usable. */
export async function serveMemory(options: ServeMemoryOptions = {}): Promise<MemoryMount> {
  const mountPoint = options.mountPoint ?? mkdtempSync(join(tmpdir(), 'lockline-fuse-'));
  const control = createLoopControl();
  const counters = new Float64Array(new SharedArrayBuffer(8 * FUSE_COUNTER_COUNT));
  const data: MemoryMountData = {
    mountPoint,
    isReadOnly: options.isReadOnly ?? false,
    volumeName: options.volumeName ?? 'memory',
    control,
    counters,
    fileSystem: options.fileSystem ?? {},
  };
  const worker = new Worker(new URL('./serve-memory-worker.ts', import.meta.url), {
    workerData: data,
    execArgv: [],
  });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const next = <K extends MemoryMountMessage['kind']>(kind: K) =>
    new Promise<Extract<MemoryMountMessage, { kind: K }>>((resolve, reject) => {
      const listener = (message: MemoryMountMessage): void => {
        if (message.kind !== kind) return;
        worker.off('message', listener);
        worker.off('error', reject);
        resolve(message as Extract<MemoryMountMessage, { kind: K }>); // the kind was just compared
      };
      worker.on('message', listener);
      worker.once('error', reject);
    });
  const last = next('exit');
  last.catch(() => undefined); // whoever awaits it gets the error; nobody may
  await next('ready');
  const command = (number: number): void => {
    Atomics.store(control.words, COMMAND_WORD, number);
    pokeLoop(control);
  };
  return {
    mountPoint,
    counters,
    report: () => {
      const report = next('report');
      command(COMMANDS.report);
      return report;
    },
    stop: () => {
      command(COMMANDS.stop);
      return last;
    },
    unmount: async (unmountOptions = { isForced: false }) => {
      await unmountFuse(mountPoint, unmountOptions);
      return last;
    },
    [Symbol.asyncDispose]: async () => {
      await unmountFuse(mountPoint, { isForced: true });
      command(COMMANDS.stop);
      await ended;
      closeLoopControl(control);
      rmSync(mountPoint, { recursive: true, force: true });
    },
  };
}
