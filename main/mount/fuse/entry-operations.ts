import type { Creator } from '../../filesystem/file-system.ts';
import { FileSystemError } from '../../filesystem/file-system-error.ts';
import { kindOfMode, putEntry, putNegativeEntry } from './fuse-attributes.ts';
import type { Answer, FuseContext } from './fuse-context.ts';
import { ERRNO } from './fuse-errno.ts';
import {
  CREATE_IN,
  ENTRY_OUT,
  IN,
  LINK_IN,
  LOOKUP_IN,
  MKDIR_IN,
  MKNOD_IN,
  OPEN_FLAGS,
  OPEN_OUT,
  RENAME_FLAGS,
  RENAME_IN,
  RENAME2_IN,
} from './fuse-protocol.ts';

/** Operations on names: they look up, make, move and remove directory entries. */

const PERMISSION_MASK = 0o7777;

export function lookup(context: FuseContext): Answer {
  const parent = context.frame.node;
  const name = context.leadingName();
  let node: number;
  try {
    node = context.fileSystem.lookup(parent, name);
  } catch (error) {
    const isCacheable = context.fileSystem.isCaseInsensitive !== true;
    if (!(isCacheable && error instanceof FileSystemError && error.errno === 'ENOENT')) throw error;
    putNegativeEntry(context);
    return ENTRY_OUT.bytes;
  }
  return grantEntry(context, node);
}

export function create(context: FuseContext): Answer {
  const { frame } = context;
  const name = context.nameAt(CREATE_IN.name);
  const permissions = frame.u32(CREATE_IN.mode) & PERMISSION_MASK;
  const node = context.fileSystem.create(frame.node, name, permissions, creatorOf(context));
  grantEntry(context, node);
  context.counts.open(node);
  frame.putU64(ENTRY_OUT.bytes + OPEN_OUT.handle, node);
  frame.putU64(ENTRY_OUT.bytes + OPEN_OUT.flags, OPEN_FLAGS.keepCache);
  return ENTRY_OUT.bytes + OPEN_OUT.bytes;
}

export function makeDirectory(context: FuseContext): Answer {
  const { frame } = context;
  const name = context.nameAt(MKDIR_IN.name);
  const permissions = frame.u32(MKDIR_IN.mode) & PERMISSION_MASK;
  const creator = creatorOf(context);
  return grantEntry(
    context,
    context.fileSystem.makeDirectory(frame.node, name, permissions, creator),
  );
}

export function makeNode(context: FuseContext): Answer {
  const { frame, fileSystem } = context;
  const name = context.nameAt(MKNOD_IN.name);
  const mode = frame.u32(MKNOD_IN.mode);
  const kind = kindOfMode(mode);
  if (kind === undefined) return -ERRNO.EINVAL;
  const permissions = mode & PERMISSION_MASK;
  const creator = creatorOf(context);
  if (kind === 'file') {
    return grantEntry(context, fileSystem.create(frame.node, name, permissions, creator));
  }
  const deviceNumber = frame.u32(MKNOD_IN.deviceNumber);
  return grantEntry(
    context,
    fileSystem.makeNode(frame.node, name, kind, permissions, deviceNumber, creator),
  );
}

export function symlink(context: FuseContext): Answer {
  const name = context.nameAt(LOOKUP_IN.name);
  const target = context.textAt(LOOKUP_IN.name + name.length + 1);
  const creator = creatorOf(context);
  return grantEntry(context, context.fileSystem.symlink(context.frame.node, name, target, creator));
}

export function link(context: FuseContext): Answer {
  const node = context.frame.u64(LINK_IN.node);
  context.fileSystem.link(node, context.frame.node, context.nameAt(LINK_IN.name));
  return grantEntry(context, node);
}

export function readLink(context: FuseContext): Answer {
  const target = context.fileSystem.readLink(context.frame.node);
  context.frame.readData(target.length).set(target);
  return target.length;
}

export function unlink(context: FuseContext): Answer {
  context.fileSystem.unlink(context.frame.node, context.leadingName());
  return 0;
}

export function removeDirectory(context: FuseContext): Answer {
  context.fileSystem.removeDirectory(context.frame.node, context.leadingName());
  return 0;
}

export function rename(context: FuseContext): Answer {
  return renameWith(context, RENAME_IN.names, 0);
}

export function rename2(context: FuseContext): Answer {
  return renameWith(context, RENAME2_IN.names, context.frame.u32(RENAME2_IN.flags));
}

function renameWith(context: FuseContext, namesAt: number, flags: number): Answer {
  const noReplace = (flags & RENAME_FLAGS.noReplace) !== 0;
  const exchange = (flags & RENAME_FLAGS.exchange) !== 0;
  const isKnown = (flags & ~(RENAME_FLAGS.noReplace | RENAME_FLAGS.exchange)) === 0;
  if (!isKnown || (noReplace && exchange)) return -ERRNO.EINVAL;
  const oldName = context.nameAt(namesAt);
  const newName = context.nameAt(namesAt + oldName.length + 1);
  const newParent = context.frame.u64(RENAME_IN.newParent);
  const flagsOfRename = { noReplace, exchange };
  context.fileSystem.rename(context.frame.node, oldName, newParent, newName, flagsOfRename);
  return 0;
}

function grantEntry(context: FuseContext, node: number): Answer {
  context.counts.grantReference(node);
  putEntry(context, 0, node);
  return ENTRY_OUT.bytes;
}

function creatorOf(context: FuseContext): Creator {
  return { uid: context.frame.u32(IN.uid), gid: context.frame.u32(IN.gid) };
}
