import type { NodeAttributes, NodeKind } from '../../filesystem/file-system.ts';
import type { FuseContext } from './fuse-context.ts';
import {
  ATTRIBUTES,
  ATTRIBUTES_OUT,
  DIRENT_TYPE_SHIFT,
  ENTRY_OUT,
  MODE_TYPE_MASK,
} from './fuse-protocol.ts';

/**
 * How long the kernel may believe what it was told. One mount is the only writer of its volume, and
 * the kernel itself drops what its own operations change, so nothing ever goes stale.
 */
const LONG_SECONDS = 3600;

const TYPE_BITS = {
  fifo: 0o010000,
  character: 0o020000,
  directory: 0o040000,
  block: 0o060000,
  file: 0o100000,
  symlink: 0o120000,
  socket: 0o140000,
} as const satisfies Record<NodeKind, number>;

/** The type of a directory entry (`DT_REG` and so on). */
export function direntTypeOf(kind: NodeKind): number {
  return TYPE_BITS[kind] >> DIRENT_TYPE_SHIFT;
}

/** The node kind of a mode's type bits; `undefined` where they are no type. */
export function kindOfMode(mode: number): NodeKind | undefined {
  switch (mode & MODE_TYPE_MASK) {
    case TYPE_BITS.fifo:
      return 'fifo';
    case TYPE_BITS.character:
      return 'character';
    case TYPE_BITS.block:
      return 'block';
    case TYPE_BITS.socket:
      return 'socket';
    case TYPE_BITS.file:
    case 0:
      return 'file';
    default:
      return undefined;
  }
}

/**
 * Reads a node's attributes and writes a `fuse_entry_out` at an offset of the reply body.
 *
 * SPEC: where names ignore case, two names of one file are two entries to the kernel; removing one
 * would leave the other behind in its cache, and a program could then write into a removed file. So
 * entries of files are looked up anew each time there. Directories may stay: the kernel keeps
 * only one entry of each, and moves it when it is found under another name.
 */
export function putEntry(context: FuseContext, at: number, node: number): void {
  const { frame, attributes } = context;
  context.fileSystem.readAttributes(node, attributes);
  const isVolatile =
    context.fileSystem.isCaseInsensitive === true && attributes.kind !== 'directory';
  frame.clearBody(at, at + ENTRY_OUT.attributes);
  frame.putU64(at + ENTRY_OUT.node, node);
  frame.putU64(at + ENTRY_OUT.entryValid, isVolatile ? 0 : LONG_SECONDS);
  frame.putU64(at + ENTRY_OUT.attributesValid, LONG_SECONDS);
  putAttributes(context, at + ENTRY_OUT.attributes, attributes);
}

/** Writes the entry of a name that does not exist, for the kernel to remember. */
export function putNegativeEntry(context: FuseContext): void {
  context.frame.clearBody(0, ENTRY_OUT.bytes);
  context.frame.putU64(ENTRY_OUT.entryValid, LONG_SECONDS);
}

/** Reads a node's attributes and writes a `fuse_attr_out` as the reply body. */
export function putAttributesReply(context: FuseContext, node: number): number {
  context.fileSystem.readAttributes(node, context.attributes);
  context.frame.clearBody(0, ATTRIBUTES_OUT.attributes);
  context.frame.putU64(ATTRIBUTES_OUT.valid, LONG_SECONDS);
  putAttributes(context, ATTRIBUTES_OUT.attributes, context.attributes);
  return ATTRIBUTES_OUT.bytes;
}

function putAttributes(context: FuseContext, at: number, attributes: NodeAttributes): void {
  const { frame } = context;
  frame.putU64(at + ATTRIBUTES.node, attributes.node);
  frame.putU64(at + ATTRIBUTES.size, attributes.sizeBytes);
  frame.putU64(at + ATTRIBUTES.blocks, Math.ceil(attributes.allocatedBytes / 512));
  frame.putU64(at + ATTRIBUTES.accessed, attributes.accessedSeconds);
  frame.putU64(at + ATTRIBUTES.modified, attributes.modifiedSeconds);
  frame.putU64(at + ATTRIBUTES.changed, attributes.changedSeconds);
  frame.putU32(at + ATTRIBUTES.accessedNanoseconds, attributes.accessedNanoseconds);
  frame.putU32(at + ATTRIBUTES.modifiedNanoseconds, attributes.modifiedNanoseconds);
  frame.putU32(at + ATTRIBUTES.changedNanoseconds, attributes.changedNanoseconds);
  frame.putU32(at + ATTRIBUTES.mode, TYPE_BITS[attributes.kind] | attributes.permissions);
  frame.putU32(at + ATTRIBUTES.links, attributes.links);
  frame.putU32(at + ATTRIBUTES.uid, attributes.uid);
  frame.putU32(at + ATTRIBUTES.gid, attributes.gid);
  frame.putU32(at + ATTRIBUTES.deviceNumber, attributes.deviceNumber);
  frame.putU32(at + ATTRIBUTES.blockSize, context.blockBytes);
  frame.putU32(at + ATTRIBUTES.blockSize + 4, 0);
}
