import type { AttributeChanges, NodeAttributes } from '../file-system.ts';
import { FileSystemError } from '../file-system-error.ts';
import { ATTRIBUTE, ENTRY } from './fat-layout.ts';
import {
  type FatNode,
  readAccessed,
  readModified,
  writeAccessed,
  writeModified,
} from './fat-node.ts';
import { clampSeconds } from './fat-times.ts';
import type { FatVolume } from './fat-volume.ts';

/** Who owns everything on a volume, and with which permissions it shows. */
export type Ownership = Readonly<{
  uid: number;
  gid: number;
  filePermissions: number;
  directoryPermissions: number;
}>;

const WRITE_BITS = 0o222;
const READ_EXECUTE_BITS = 0o555;
const SPECIAL_BITS = 0o7000;

/** Fills `attributes`. Directories show one link: FAT does not count subdirectories. */
export function fillAttributes(
  volume: FatVolume,
  node: FatNode,
  ownership: Ownership,
  attributes: NodeAttributes,
): void {
  const { clusterBytes } = volume.geometry;
  const isDirectory = node.kind === 'directory';
  const chainBytes =
    isDirectory || node.chain !== undefined
      ? volume.chainOf(node).count * clusterBytes
      : Math.ceil(node.sizeBytes / clusterBytes) * clusterBytes;
  attributes.node = node.number;
  attributes.kind = node.kind;
  attributes.sizeBytes = isDirectory ? chainBytes : node.sizeBytes;
  attributes.allocatedBytes = chainBytes;
  attributes.permissions = permissionsOf(node, ownership);
  attributes.links = node.isUnlinked ? 0 : 1;
  attributes.uid = ownership.uid;
  attributes.gid = ownership.gid;
  attributes.accessedSeconds = readAccessed(node.entry);
  attributes.accessedNanoseconds = 0;
  attributes.modifiedSeconds = readModified(node.entry);
  attributes.modifiedNanoseconds = 0;
  attributes.changedSeconds = node.changedSeconds;
  attributes.changedNanoseconds = node.changedNanoseconds;
  attributes.deviceNumber = 0;
}

/**
 * Refuses what Linux's vfat refuses: another owner or group, and set-uid, set-gid and sticky bits,
 * with EPERM. Other permissions that FAT cannot hold are ignored, as Linux does: only taking all
 * write bits from a file, or giving them back, has an effect.
 */
export function assertHoldable(changes: AttributeChanges, ownership: Ownership): void {
  const { uid, gid, permissions } = changes;
  const isOtherOwner = uid !== undefined && uid !== ownership.uid;
  const isOtherGroup = gid !== undefined && gid !== ownership.gid;
  const isSpecial = permissions !== undefined && (permissions & SPECIAL_BITS) !== 0;
  if (isOtherOwner || isOtherGroup || isSpecial) throw new FileSystemError('EPERM');
}

/** Applies times and permissions; the size is the caller's. */
export function applyChanges(
  volume: FatVolume,
  node: FatNode,
  changes: AttributeChanges,
  ownership: Ownership,
): void {
  if (changes.accessed) writeAccessed(node.entry, changes.accessed.seconds);
  if (changes.modified) writeModified(node.entry, clampSeconds(changes.modified.seconds));
  if (changes.permissions !== undefined) applyPermissions(node, changes.permissions, ownership);
  const now = volume.now();
  node.changedSeconds = Math.floor(now / 1000);
  node.changedNanoseconds = (now - node.changedSeconds * 1000) * 1_000_000;
  volume.markEntryDirty(node);
}

function permissionsOf(node: FatNode, ownership: Ownership): number {
  if (node.kind === 'directory') return ownership.directoryPermissions;
  const isWriteProtected = ((node.entry[ENTRY.attributes] ?? 0) & ATTRIBUTE.readOnly) !== 0;
  return isWriteProtected ? ownership.filePermissions & ~WRITE_BITS : ownership.filePermissions;
}

function applyPermissions(node: FatNode, permissions: number, ownership: Ownership): void {
  if (node.kind === 'directory') return;
  const mask = ownership.filePermissions;
  const wanted = permissions & mask;
  if ((wanted & READ_EXECUTE_BITS) !== (mask & READ_EXECUTE_BITS)) return;
  const writeBits = wanted & WRITE_BITS;
  if (writeBits !== 0 && writeBits !== (mask & WRITE_BITS)) return;
  const attributes = node.entry[ENTRY.attributes] ?? 0;
  node.entry[ENTRY.attributes] =
    writeBits === 0 ? attributes | ATTRIBUTE.readOnly : attributes & ~ATTRIBUTE.readOnly;
}
