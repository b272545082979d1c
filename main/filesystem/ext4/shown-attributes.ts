import { FileSystemError } from '../file-system-error.ts';
import { damaged } from './ext4-damage.ts';
import type { Ext4Volume } from './ext4-volume.ts';
import { type Attribute, readAttributes, readValue } from './extended-attributes.ts';
import { readContent } from './file-content.ts';
import type { Inode } from './inode.ts';

/** Extended attributes by their full names, in the namespaces that a mount shows. */

const NAMESPACES = [
  { index: 1, prefix: Buffer.from('user.') },
  { index: 4, prefix: Buffer.from('trusted.') },
  { index: 6, prefix: Buffer.from('security.') },
] as const;
const END_OF_NAME = Buffer.alloc(1);

/** An attribute's name as it is stored: its namespace as a number, and the rest. */
export type StoredName = Readonly<{ index: number; name: Buffer }>;

/** @throws FileSystemError `ENOTSUP` for a namespace that is not shown; `EINVAL` for no more than one. */
export function storedNameOf(fullName: Uint8Array): StoredName {
  const full = Buffer.from(fullName);
  for (const { index, prefix } of NAMESPACES) {
    if (full.subarray(0, prefix.length).equals(prefix)) {
      if (full.length === prefix.length) throw new FileSystemError('EINVAL');
      return { index, name: full.subarray(prefix.length) };
    }
  }
  throw new FileSystemError('ENOTSUP');
}

/** @throws FileSystemError `ENODATA`, `ENOTSUP`, `EUCLEAN`. */
export function getExtendedAttribute(
  volume: Ext4Volume,
  inode: Inode,
  fullName: Uint8Array,
): Uint8Array {
  const wanted = storedNameOf(fullName);
  const found = readAttributes(volume, inode).find(
    ({ index, name }) => index === wanted.index && name.equals(wanted.name),
  );
  if (found === undefined) throw new FileSystemError('ENODATA');
  return wholeValueOf(volume, found);
}

/** Returns the full names, each ended by NUL. @throws FileSystemError `EUCLEAN`. */
export function listExtendedAttributes(volume: Ext4Volume, inode: Inode): Uint8Array {
  const parts: Buffer[] = [];
  for (const { index, name } of readAttributes(volume, inode)) {
    const namespace = NAMESPACES.find((known) => known.index === index);
    if (namespace !== undefined) parts.push(namespace.prefix, name, END_OF_NAME);
  }
  return Buffer.concat(parts);
}

function wholeValueOf(volume: Ext4Volume, attribute: Attribute): Buffer {
  return readValue(attribute, (number, bytes) => {
    const holder = volume.inodes.getChecked(number);
    const isWhole = holder.hasFlag('attributeValue') && holder.sizeBytes === bytes.length;
    if (!isWhole || readContent(volume, holder, 0, bytes) !== bytes.length) {
      throw damaged(`value of an extended attribute in inode ${number}`);
    }
  });
}
