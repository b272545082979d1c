import type { AttributeChanges, Timestamp } from '../../filesystem/file-system.ts';
import { putAttributesReply } from './fuse-attributes.ts';
import { type Answer, type FuseContext, NO_REPLY } from './fuse-context.ts';
import { ERRNO } from './fuse-errno.ts';
import {
  BATCH_FORGET_IN,
  FORGET_IN,
  SETATTR_IN,
  SETATTR_VALID,
  STATFS_OUT,
} from './fuse-protocol.ts';

/** Operations on nodes by number, and on the filesystem as a whole. */

const PERMISSION_MASK = 0o7777;

export function forget(context: FuseContext): Answer {
  context.counts.forget(context.frame.node, context.frame.u64(FORGET_IN.references));
  return NO_REPLY;
}

export function batchForget(context: FuseContext): Answer {
  const { entries, entryBytes, entryReferences } = BATCH_FORGET_IN;
  const fitting = Math.floor((context.lengthBytes - entries) / entryBytes);
  const count = Math.min(context.frame.u32(BATCH_FORGET_IN.count), fitting);
  for (let index = 0; index < count; index += 1) {
    const at = entries + index * entryBytes;
    context.counts.forget(context.frame.u64(at), context.frame.u64(at + entryReferences));
  }
  return NO_REPLY;
}

export function getAttributes(context: FuseContext): Answer {
  return putAttributesReply(context, context.frame.node);
}

export function setAttributes(context: FuseContext): Answer {
  const { frame } = context;
  const valid = frame.u32(SETATTR_IN.valid);
  const sizeBytes = frame.u64(SETATTR_IN.size);
  if ((valid & SETATTR_VALID.size) !== 0 && !Number.isSafeInteger(sizeBytes)) return -ERRNO.EFBIG;
  const changes: AttributeChanges = {
    ...((valid & SETATTR_VALID.size) !== 0 && { sizeBytes }),
    ...((valid & SETATTR_VALID.mode) !== 0 && {
      permissions: frame.u32(SETATTR_IN.mode) & PERMISSION_MASK,
    }),
    ...((valid & SETATTR_VALID.uid) !== 0 && { uid: frame.u32(SETATTR_IN.uid) }),
    ...((valid & SETATTR_VALID.gid) !== 0 && { gid: frame.u32(SETATTR_IN.gid) }),
    ...((valid & SETATTR_VALID.accessed) !== 0 && {
      accessed:
        (valid & SETATTR_VALID.accessedNow) !== 0
          ? now()
          : timestampAt(context, SETATTR_IN.accessed, SETATTR_IN.accessedNanoseconds),
    }),
    ...((valid & SETATTR_VALID.modified) !== 0 && {
      modified:
        (valid & SETATTR_VALID.modifiedNow) !== 0
          ? now()
          : timestampAt(context, SETATTR_IN.modified, SETATTR_IN.modifiedNanoseconds),
    }),
  };
  context.fileSystem.setAttributes(frame.node, changes);
  return putAttributesReply(context, frame.node);
}

export function statFileSystem(context: FuseContext): Answer {
  const { frame } = context;
  const usage = context.fileSystem.usage;
  frame.clearBody(0, STATFS_OUT.bytes);
  frame.putU64(STATFS_OUT.blocks, usage.totalBlocks);
  frame.putU64(STATFS_OUT.free, usage.freeBlocks);
  frame.putU64(STATFS_OUT.available, usage.freeBlocks);
  frame.putU64(STATFS_OUT.nodes, usage.totalNodes);
  frame.putU64(STATFS_OUT.freeNodes, usage.freeNodes);
  frame.putU32(STATFS_OUT.blockSize, usage.blockBytes);
  frame.putU32(STATFS_OUT.nameLength, usage.maximumNameBytes);
  frame.putU32(STATFS_OUT.fragmentSize, usage.blockBytes);
  return STATFS_OUT.bytes;
}

export function syncFileSystem(context: FuseContext): Answer {
  context.fileSystem.sync();
  return 0;
}

function timestampAt(context: FuseContext, secondsAt: number, nanosecondsAt: number): Timestamp {
  return { seconds: context.frame.s64(secondsAt), nanoseconds: context.frame.u32(nanosecondsAt) };
}

function now(): Timestamp {
  const milliseconds = Date.now();
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds, nanoseconds: (milliseconds - seconds * 1000) * 1_000_000 };
}
