import { FileSystemError } from '../../filesystem/file-system-error.ts';
import { FILESYSTEM, TRANSPORT } from '../../statistics/stage-clock.ts';
import { DIRECTION_INDEX } from '../../statistics/volume-statistics.ts';
import type { Answer, FuseContext } from './fuse-context.ts';
import { FUSE_COUNTERS } from './fuse-counters.ts';
import { ERRNO } from './fuse-errno.ts';
import {
  ACCESS_MODE_MASK,
  FALLOCATE_IN,
  LSEEK_IN,
  LSEEK_OUT,
  MAX_TRANSFER_BYTES,
  O_TRUNC,
  OPEN_FLAGS,
  OPEN_IN,
  OPEN_OUT,
  READ_IN,
  SEEK,
  WRITE_FROM_CACHE,
  WRITE_IN,
  WRITE_OUT,
} from './fuse-protocol.ts';

/** Operations on open files. The node number serves as the file handle: there is no other state. */

export function open(context: FuseContext): Answer {
  const { frame } = context;
  const flags = frame.u32(OPEN_IN.flags);
  const isWriting = (flags & (ACCESS_MODE_MASK | O_TRUNC)) !== 0;
  if (isWriting && context.isReadOnly) return -ERRNO.EROFS;
  context.counts.open(frame.node);
  frame.putU64(OPEN_OUT.handle, frame.node);
  frame.putU64(OPEN_OUT.flags, OPEN_FLAGS.keepCache);
  return OPEN_OUT.bytes;
}

export function release(context: FuseContext): Answer {
  context.counts.close(context.frame.node);
  return 0;
}

export function read(context: FuseContext): Answer {
  const { frame } = context;
  const offsetBytes = frame.u64(READ_IN.offset);
  const sizeBytes = frame.u32(READ_IN.size);
  if (sizeBytes > MAX_TRANSFER_BYTES || !Number.isSafeInteger(offsetBytes)) return -ERRNO.EINVAL;
  context.clock.begin(DIRECTION_INDEX.read, sizeBytes);
  context.clock.enter(FILESYSTEM);
  const count = context.fileSystem.read(frame.node, offsetBytes, frame.readData(sizeBytes));
  context.clock.enter(TRANSPORT);
  context.clock.succeed(count);
  context.count(FUSE_COUNTERS.readRequests, 1);
  context.count(FUSE_COUNTERS.readBytes, count);
  return count;
}

export function write(context: FuseContext): Answer {
  const { frame } = context;
  const offsetBytes = frame.u64(WRITE_IN.offset);
  const sizeBytes = frame.u32(WRITE_IN.size);
  const isWhole = WRITE_IN.data + sizeBytes === context.lengthBytes;
  if (!isWhole || !Number.isSafeInteger(offsetBytes)) return -ERRNO.EINVAL;
  context.clock.begin(DIRECTION_INDEX.write, sizeBytes);
  context.clock.enter(FILESYSTEM);
  const count = writeData(context, offsetBytes, sizeBytes);
  context.clock.enter(TRANSPORT);
  context.clock.succeed(count);
  context.count(FUSE_COUNTERS.writeRequests, 1);
  context.count(FUSE_COUNTERS.writtenBytes, count);
  frame.putU64(WRITE_OUT.size, count);
  return WRITE_OUT.bytes;
}

function writeData(context: FuseContext, offsetBytes: number, sizeBytes: number): number {
  const { frame, fileSystem } = context;
  const data = frame.writeData(sizeBytes);
  if ((frame.u32(WRITE_IN.writeFlags) & WRITE_FROM_CACHE) === 0)
    return fileSystem.write(frame.node, offsetBytes, data);
  try {
    const count = fileSystem.write(frame.node, offsetBytes, data);
    if (count < sizeBytes) throw new FileSystemError('ENOSPC');
    return count;
  } catch (error) {
    context.lostWrites.set(frame.node, error);
    throw error;
  }
}

/** Serves FSYNC and FSYNCDIR. The kernel sends none while it has an error of its own to tell. */
export function syncNode(context: FuseContext): Answer {
  context.fileSystem.syncNode(context.frame.node);
  context.lostWrites.delete(context.frame.node);
  return 0;
}

export function allocate(context: FuseContext): Answer {
  const { frame } = context;
  const offsetBytes = frame.u64(FALLOCATE_IN.offset);
  const lengthBytes = frame.u64(FALLOCATE_IN.length);
  if (!Number.isSafeInteger(offsetBytes + lengthBytes)) return -ERRNO.EFBIG;
  context.fileSystem.allocate(frame.node, frame.u32(FALLOCATE_IN.mode), offsetBytes, lengthBytes);
  return 0;
}

/** Serves SEEK_DATA and SEEK_HOLE; the kernel does the other kinds itself. */
export function seek(context: FuseContext): Answer {
  const { frame, fileSystem } = context;
  if (fileSystem.seek === undefined) return -ERRNO.ENOSYS;
  const offsetBytes = frame.u64(LSEEK_IN.offset);
  const whence = frame.u32(LSEEK_IN.whence);
  const isKnown = whence === SEEK.data || whence === SEEK.hole;
  if (!isKnown || !Number.isSafeInteger(offsetBytes)) return -ERRNO.EINVAL;
  const wanted = whence === SEEK.data ? 'data' : 'hole';
  frame.putU64(LSEEK_OUT.offset, fileSystem.seek(frame.node, offsetBytes, wanted));
  return LSEEK_OUT.bytes;
}
