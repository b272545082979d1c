import { crc32c, crc32cOfU32 } from './crc32c.ts';
import { checksumWrong, damaged } from './ext4-damage.ts';
import { ATTRIBUTE_BLOCK, ATTRIBUTE_ENTRY, ATTRIBUTE_MAGIC } from './ext4-layout.ts';
import type { Ext4Volume } from './ext4-volume.ts';
import type { Inode } from './inode.ts';
import type { MetadataBlock } from './metadata-blocks.ts';

/** Reads extended attributes, where they lie: in the inode's tail, in a block, in another inode. */

const ENTRY_ALIGN_BYTES = 4;
const NO_BYTES = Buffer.alloc(4);
/** Added to the block's number in what a block was checked as; see `MetadataBlock`. */
const CHECKED_ATTRIBUTES = 2 ** 34;
const MAXIMUM_VALUE_BYTES = 65_536;

/** The namespace that holds inline data, as one attribute called `data`. */
export const SYSTEM_INDEX = 7;

/** One attribute. `name` is without its namespace; `value` is borrowed from the block. */
export type Attribute = Readonly<{
  index: number;
  name: Buffer;
  /** `undefined` where another inode holds it. */
  value: Buffer | undefined;
  valueInode: number;
  valueBytes: number;
}>;

/**
 * Returns all attributes of an inode, those inside it first.
 *
 * @throws FileSystemError `EUCLEAN`, `EBADMSG`.
 */
export function readAttributes(volume: Ext4Volume, inode: Inode): Attribute[] {
  return [...readInnerAttributes(inode), ...readBlockAttributes(volume, inode)];
}

/** Returns the attributes in the inode itself. @throws FileSystemError `EUCLEAN`. */
export function readInnerAttributes(inode: Inode): Attribute[] {
  const { tail } = inode;
  const isThere = tail.length >= 8 && tail.readUInt32LE(0) === ATTRIBUTE_MAGIC;
  return isThere ? parseEntries(tail.subarray(4), 0) : [];
}

/** Returns the value of an attribute. @throws FileSystemError `EUCLEAN`. */
export function readValue(
  attribute: Attribute,
  readOther: (inode: number, bytes: Buffer) => void,
): Buffer {
  if (attribute.value !== undefined) return attribute.value;
  if (attribute.valueBytes > MAXIMUM_VALUE_BYTES) throw damaged('size of an extended attribute');
  const bytes = Buffer.alloc(attribute.valueBytes);
  readOther(attribute.valueInode, bytes);
  return bytes;
}

/** Returns the attributes in the inode's block of them. @throws FileSystemError `EUCLEAN`, `EBADMSG`. */
export function readBlockAttributes(volume: Ext4Volume, inode: Inode): Attribute[] {
  const number = inode.attributeBlock;
  if (number === 0) return [];
  const block = volume.blocks.read(number);
  const { bytes } = block;
  if (block.checkedAs !== CHECKED_ATTRIBUTES + number) {
    const isHeader =
      bytes.readUInt32LE(ATTRIBUTE_BLOCK.magic) === ATTRIBUTE_MAGIC &&
      bytes.readUInt32LE(ATTRIBUTE_BLOCK.blocks) === 1;
    if (!isHeader) throw damaged(`attributes of inode ${inode.number}`);
    const { hasChecksums, checksumSeed } = volume.geometry;
    const stored = bytes.readUInt32LE(ATTRIBUTE_BLOCK.checksum);
    if (hasChecksums && attributeChecksum(checksumSeed, number, bytes) !== stored) {
      throw checksumWrong(`attributes of inode ${inode.number}`);
    }
    block.checkedAs = CHECKED_ATTRIBUTES + number;
  }
  return parseEntries(bytes, ATTRIBUTE_BLOCK.entries);
}

/** Tells that a block of attributes is our own: it needs no look. */
export function markAsAttributes(block: MetadataBlock): void {
  block.checkedAs = CHECKED_ATTRIBUTES + block.number;
}

/** Returns the checksum that belongs into a block of attributes. */
export function attributeChecksum(seed: number, number: number, bytes: Buffer): number {
  const at = ATTRIBUTE_BLOCK.checksum;
  let crc = crc32cOfU32(crc32cOfU32(seed, number % 2 ** 32), Math.floor(number / 2 ** 32));
  crc = crc32c(crc, bytes, 0, at);
  crc = crc32c(crc, NO_BYTES);
  return crc32c(crc, bytes, at + 4);
}

/** Parses the list of entries that starts at `from`; value offsets count from the start of `bytes`. */
function parseEntries(bytes: Buffer, from: number): Attribute[] {
  const attributes: Attribute[] = [];
  let at = from;
  while (at + 4 <= bytes.length && bytes.readUInt32LE(at) !== 0) {
    if (at + ATTRIBUTE_ENTRY.name > bytes.length) throw damaged('list of extended attributes');
    const nameLength = bytes.readUInt8(at + ATTRIBUTE_ENTRY.nameLength);
    const nameAt = at + ATTRIBUTE_ENTRY.name;
    const next = nameAt + Math.ceil(nameLength / ENTRY_ALIGN_BYTES) * ENTRY_ALIGN_BYTES;
    const valueInode = bytes.readUInt32LE(at + ATTRIBUTE_ENTRY.valueInode);
    const valueAt = bytes.readUInt16LE(at + ATTRIBUTE_ENTRY.valueOffset);
    const valueBytes = bytes.readUInt32LE(at + ATTRIBUTE_ENTRY.valueBytes);
    const isInside = valueInode !== 0 || valueAt + valueBytes <= bytes.length;
    if (next > bytes.length || !isInside) throw damaged('list of extended attributes');
    attributes.push({
      index: bytes.readUInt8(at + ATTRIBUTE_ENTRY.index),
      name: bytes.subarray(nameAt, nameAt + nameLength),
      value: valueInode === 0 ? bytes.subarray(valueAt, valueAt + valueBytes) : undefined,
      valueInode,
      valueBytes,
    });
    at = next;
  }
  return attributes;
}
