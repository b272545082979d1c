import { parentPort, threadId, workerData } from 'node:worker_threads';
import { Arena } from '../../../main/bytes/arena.ts';
import { FileSystemError } from '../../../main/filesystem/file-system-error.ts';
import { connectFuse } from '../../../main/mount/fuse/fuse-connection.ts';
import { serveFuse } from '../../../main/mount/fuse/fuse-loop.ts';
import { MemoryFileSystem } from '../../support/memory-file-system.ts';
import {
  COMMAND_WORD,
  COMMANDS,
  type MemoryMountData,
  type MemoryMountMessage,
} from './serve-memory.ts';

/** Serves a `MemoryFileSystem` on a mount point until it is unmounted, as a volume worker does. */

const data = workerData as MemoryMountData; // given by serveMemory, the only one who starts this

function tell(message: MemoryMountMessage): void {
  parentPort?.postMessage(message);
}

/** Refuses what a test asked it to refuse, by the file's name. */
class FaultyFileSystem extends MemoryFileSystem {
  override create(...parameters: Parameters<MemoryFileSystem['create']>): number {
    const name = Buffer.from(parameters[1]).toString();
    if (name === 'bug') throw new TypeError('a bug of ours');
    if (name === 'eio') throw new FileSystemError('EIO');
    return super.create(...parameters);
  }
}

const arena = new Arena(4 * 1024 * 1024);
const fileSystem = new FaultyFileSystem(data.fileSystem);
using connection = connectFuse(data);
let faults = 0;
let backgroundRuns = 0;
const exit = serveFuse(connection, fileSystem, {
  allocate: (lengthBytes, alignBytes) => arena.allocate(lengthBytes, alignBytes),
  control: data.control,
  counters: data.counters,
  onReady: () => tell({ kind: 'ready', threadId }),
  onFault: () => {
    faults += 1;
  },
  onControl: () => {
    const command = Atomics.load(data.control.words, COMMAND_WORD);
    const { held, syncedNodes } = fileSystem;
    tell({ kind: 'report', held, syncs: syncedNodes.length, faults, backgroundRuns });
    return command === COMMANDS.stop ? 'stop' : 'continue';
  },
  background: {
    everyMs: 200,
    run: () => {
      backgroundRuns += 1;
    },
  },
});
const { held, syncedNodes } = fileSystem;
tell({ kind: 'exit', exit, held, syncs: syncedNodes.length, faults, backgroundRuns });
