import { FileSystemError } from '../file-system-error.ts';
import {
  compareAttributes,
  doFit,
  type HeldAttribute,
  heldAttributes,
  putAttributes,
} from './attribute-entries.ts';
import { ATTRIBUTE_BLOCK, ATTRIBUTE_MAGIC } from './ext4-layout.ts';
import {
  markAsAttributes,
  readBlockAttributes,
  readInnerAttributes,
} from './extended-attributes.ts';
import type { Inode } from './inode.ts';
import type { StoredName } from './shown-attributes.ts';
import type { VolumeWriter } from './volume-writer.ts';

/** Changes extended attributes, in operations of the caller's. */

const MAGIC_BYTES = 4;
const MAXIMUM_VALUE_BYTES = 65_536;

export type AttributeCondition = Readonly<{ mustBeNew: boolean; mustExist: boolean }>;

/**
 * Sets an attribute: in the inode where it fits there, else in a block, as Linux does.
 *
 * @param value - Borrowed.
 * @throws FileSystemError `EEXIST`, `ENODATA` by `condition`; `ENOSPC`; `E2BIG`; `ENOTSUP` where an
 * attribute of the inode has its value in another inode.
 */
export function setAttribute(
  writer: VolumeWriter,
  inode: Inode,
  { index, name }: StoredName,
  value: Uint8Array,
  { mustBeNew, mustExist }: AttributeCondition,
): void {
  if (value.length > MAXIMUM_VALUE_BYTES) throw new FileSystemError('E2BIG');
  const { inner, outer } = attributesOf(writer, inode);
  const attribute = { index, name: Buffer.from(name), value: Buffer.from(value) };
  const restInside = without(inner, attribute);
  const restOutside = without(outer, attribute);
  const exists = restInside.length < inner.length || restOutside.length < outer.length;
  if (exists && mustBeNew) throw new FileSystemError('EEXIST');
  if (!exists && mustExist) throw new FileSystemError('ENODATA');
  if (doFit([...restInside, attribute], innerRoom(inode))) {
    putInner(inode, replaced(inner, attribute));
    if (restOutside.length < outer.length) putOuter(writer, inode, restOutside);
    return;
  }
  const { blockBytes } = writer.volume.geometry;
  if (!doFit([...restOutside, attribute], blockBytes - ATTRIBUTE_BLOCK.entries)) {
    throw new FileSystemError('ENOSPC');
  }
  putOuter(writer, inode, [...restOutside, attribute]);
  if (restInside.length < inner.length) putInner(inode, restInside);
}

/** Removes an attribute. @throws FileSystemError `ENODATA`, `ENOTSUP`, `ENOSPC`. */
export function removeAttribute(writer: VolumeWriter, inode: Inode, name: StoredName): void {
  const { inner, outer } = attributesOf(writer, inode);
  const [restInside, restOutside] = [without(inner, name), without(outer, name)];
  if (restInside.length < inner.length) putInner(inode, restInside);
  else if (restOutside.length < outer.length) putOuter(writer, inode, restOutside);
  else throw new FileSystemError('ENODATA');
}

/** Takes an inode's block of extended attributes away, which other inodes may share. */
export function releaseAttributeBlock({ volume, space }: VolumeWriter, inode: Inode): void {
  const number = inode.attributeBlock;
  if (number === 0) return;
  // What is no such block belongs to somebody else.
  readBlockAttributes(volume, inode);
  const block = volume.blocks.read(number);
  const references = block.bytes.readUInt32LE(ATTRIBUTE_BLOCK.references);
  if (references > 1) {
    volume.blocks.change(block);
    block.bytes.writeUInt32LE(references - 1, ATTRIBUTE_BLOCK.references);
    block.seal = 'attributes';
  } else {
    space.free(number, 1);
    volume.blocks.release(number);
  }
  inode.attributeBlock = 0;
  inode.allocatedBytes -= volume.geometry.blockBytes;
}

type Places = Readonly<{ inner: HeldAttribute[]; outer: HeldAttribute[] }>;

function attributesOf({ volume }: VolumeWriter, inode: Inode): Places {
  const inner = heldAttributes(readInnerAttributes(inode));
  const outer = heldAttributes(readBlockAttributes(volume, inode));
  if (inner === undefined || outer === undefined) throw new FileSystemError('ENOTSUP');
  return { inner, outer };
}

function isNamed(attribute: StoredName, { index, name }: StoredName): boolean {
  return attribute.index === index && attribute.name.equals(name);
}

function without(attributes: readonly HeldAttribute[], name: StoredName): HeldAttribute[] {
  return attributes.filter((attribute) => !isNamed(attribute, name));
}

/** In the inode attributes keep their order: what is new comes last. */
function replaced(attributes: readonly HeldAttribute[], changed: HeldAttribute): HeldAttribute[] {
  if (!attributes.some((attribute) => isNamed(attribute, changed))) return [...attributes, changed];
  return attributes.map((attribute) => (isNamed(attribute, changed) ? changed : attribute));
}

function innerRoom(inode: Inode): number {
  return inode.extraBytes === 0 ? 0 : inode.tail.length - MAGIC_BYTES;
}

function putInner(inode: Inode, attributes: readonly HeldAttribute[]): void {
  const { tail } = inode;
  tail.fill(0);
  if (attributes.length === 0) return;
  tail.writeUInt32LE(ATTRIBUTE_MAGIC, 0);
  putAttributes(tail.subarray(MAGIC_BYTES), 0, attributes, false);
}

/** Writes the block; one that others share stays theirs, and the inode gets another. */
function putOuter(writer: VolumeWriter, inode: Inode, attributes: readonly HeldAttribute[]): void {
  const { blocks } = writer.volume;
  const isShared =
    inode.attributeBlock !== 0 &&
    blocks.read(inode.attributeBlock).bytes.readUInt32LE(ATTRIBUTE_BLOCK.references) > 1;
  if (isShared || attributes.length === 0) releaseAttributeBlock(writer, inode);
  if (attributes.length === 0) return;
  if (inode.attributeBlock === 0) takeBlock(writer, inode);
  const block = blocks.change(blocks.read(inode.attributeBlock));
  const { bytes } = block;
  bytes.fill(0);
  bytes.writeUInt32LE(ATTRIBUTE_MAGIC, ATTRIBUTE_BLOCK.magic);
  bytes.writeUInt32LE(1, ATTRIBUTE_BLOCK.references);
  bytes.writeUInt32LE(1, ATTRIBUTE_BLOCK.blocks);
  const sorted = attributes.toSorted(compareAttributes);
  const hash = putAttributes(bytes, ATTRIBUTE_BLOCK.entries, sorted, true);
  bytes.writeUInt32LE(hash, ATTRIBUTE_BLOCK.hash);
  block.seal = 'attributes';
}

function takeBlock({ volume, space, extents }: VolumeWriter, inode: Inode): void {
  const { start } = space.allocate(extents.goalOf(inode), 1);
  const block = volume.blocks.create(start);
  markAsAttributes(block);
  inode.attributeBlock = start;
  inode.allocatedBytes += volume.geometry.blockBytes;
}
