/**
 * The volume worker: one thread that serves one mounted volume, all of it synchronous. It builds
 * the block stack over the container, mounts, serves until the folder is unmounted or it is told
 * to stop, and leaves everything on stable storage.
 */
import { workerData } from 'node:worker_threads';
import { DeviceError, toWireError, type WireError } from '../../shared/errors/vault-error.ts';
import { DEFAULT_CACHE_BYTES } from '../../shared/model/volume-memory.ts';
import { FileDevice } from '../block/file-device.ts';
import type { OrderedDevice } from '../block/ordered-device.ts';
import { Arena } from '../bytes/arena.ts';
import { tellingDamage } from '../filesystem/ext4/ext4-damage.ts';
import { mountExt4 } from '../filesystem/ext4/mount-ext4.ts';
import { viewReplayed } from '../filesystem/ext4/replayed-view.ts';
import { mountFat32 } from '../filesystem/fat/mount-fat32.ts';
import type { FileSystem } from '../filesystem/file-system.ts';
import { EXT_TYPES, identifyFilesystem } from '../filesystem/identify.ts';
import { RawVolumeFileSystem } from '../filesystem/raw-volume.ts';
import { connectFuse } from '../mount/fuse/fuse-connection.ts';
import { ERRNO, errnoOf } from '../mount/fuse/fuse-errno.ts';
import { serveFuse } from '../mount/fuse/fuse-loop.ts';
import { StageClock } from '../statistics/stage-clock.ts';
import { viewStatistics } from '../statistics/volume-statistics.ts';
import { attempt, post, serveCommands } from './serve-commands.ts';
import { buildVolumeStack } from './volume-stack.ts';
import type { FolderData, ServedVolumeData } from './volume-worker-messages.ts';

type FolderWorkerData = FolderData & ServedVolumeData;

/** How long what was written may wait for its way to the storage without an fsync. */
const WRITE_BACK_MS = 5_000;

function mountFileSystem(data: FolderWorkerData, cache: OrderedDevice): FileSystem {
  const { isReadOnly, uid, gid, discardsFreed } = data;
  const type = identifyFilesystem(cache);
  if (data.showsBlocks) {
    // Who only looks sees the volume as it is once its journal was replayed.
    const isView = isReadOnly && EXT_TYPES.includes(type);
    const view = isView ? tellingDamage(type, () => viewReplayed(cache).view) : cache;
    return new RawVolumeFileSystem(view, { uid, gid });
  }
  if (EXT_TYPES.includes(type)) return mountExt4(cache, { type, isReadOnly, discardsFreed });
  if (type === 'vfat') {
    return mountFat32(cache, { isReadOnly, uid, gid, discardFreed: discardsFreed });
  }
  return new RawVolumeFileSystem(cache, { uid, gid });
}

/** Tells, once, that a filesystem which could be written has become read-only for a fault. */
class WriteWatch {
  readonly #fileSystem: FileSystem;
  #isWritable: boolean;

  constructor(fileSystem: FileSystem) {
    this.#fileSystem = fileSystem;
    this.#isWritable = !fileSystem.isReadOnly;
  }

  /** @param error - What a request or the write-back has met. */
  look(error: unknown): void {
    if (!this.#isWritable || !this.#fileSystem.isReadOnly) return;
    this.#isWritable = false;
    post({ type: 'fault', error: toWireError(new DeviceError('volume-read-only', {}, error)) });
  }
}

function lostWrite(error: unknown): DeviceError {
  const code = errnoOf(error) === ERRNO.ENOSPC ? 'no-space' : 'io-error';
  return new DeviceError(code, { operation: 'write', reason: 'mapped memory' });
}

function run(data: FolderWorkerData): void {
  const { isReadOnly, memory } = data;
  using container = FileDevice.adopt(data.path, data.fd, { isReadOnly });
  const arena = new Arena(data.engine.arena);
  const clock = new StageClock(viewStatistics(data.statistics));
  using stack = buildVolumeStack(container, data.geometry, arena, {
    cacheBytes: memory.cacheBytes ?? DEFAULT_CACHE_BYTES,
    volumeKey: new Uint8Array(data.engine.volumeKey),
    provider: data.engine.provider,
    clock,
  });
  stack.cache.readAheadBytes = memory.readAheadBytes ?? stack.cache.readAheadBytes;
  const type = identifyFilesystem(stack.cache);
  const fileSystem = mountFileSystem(data, stack.cache);
  const watch = new WriteWatch(fileSystem);
  let lost: WireError | null = null;
  let disposal: WireError | null = null;
  try {
    using connection = connectFuse({
      mountPoint: data.mountPoint,
      isReadOnly: isReadOnly || fileSystem.isReadOnly,
      volumeName: data.volumeName,
    });
    serveFuse(connection, fileSystem, {
      allocate: (lengthBytes, alignBytes) => arena.allocate(lengthBytes, alignBytes),
      control: data.control,
      counters: new Float64Array(data.counters),
      clock,
      readAheadBytes: memory.readAheadBytes,
      onReady: () => {
        const { isReadOnly: isReadOnlyNow, readOnlyReasons = [] } = fileSystem;
        post({
          ...{ type: 'ready', filesystem: type, provider: stack.providerName },
          ...{ isReadOnly: isReadOnlyNow, readOnlyReasons },
        });
      },
      onFault: (error) => watch.look(error),
      onControl: () =>
        serveCommands(data, stack.engine, () => {
          try {
            fileSystem.sync();
          } catch (error) {
            watch.look(error);
            throw error;
          }
        }),
      onLostWrite: (error) => {
        lost ??= toWireError(lostWrite(error));
      },
      background: { everyMs: WRITE_BACK_MS, run: () => fileSystem.sync() },
    });
  } finally {
    disposal = attempt(() => fileSystem[Symbol.dispose]());
  }
  post({ type: 'closed', error: disposal ?? lost });
}

const data = workerData as FolderWorkerData; // `serveVault` is the only caller
try {
  run(data);
} catch (error) {
  post({ type: 'failed', error: toWireError(error) });
}
