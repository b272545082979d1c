import type { NodeAttributes } from '../file-system.ts';
import type { Inode } from './inode.ts';

const PERMISSION_MASK = 0o7777;

/** Fills in what `stat` shows of an inode. */
export function fillAttributes(inode: Inode, attributes: NodeAttributes): void {
  const accessed = inode.time('accessed');
  const modified = inode.time('modified');
  const changed = inode.time('changed');
  const kind = inode.kind ?? 'file';
  const isDevice = kind === 'character' || kind === 'block';
  attributes.node = inode.number;
  attributes.kind = kind;
  attributes.sizeBytes = inode.sizeBytes;
  attributes.allocatedBytes = inode.allocatedBytes;
  attributes.permissions = inode.mode & PERMISSION_MASK;
  attributes.links = inode.links;
  attributes.uid = inode.uid;
  attributes.gid = inode.gid;
  attributes.accessedSeconds = accessed.seconds;
  attributes.accessedNanoseconds = accessed.nanoseconds;
  attributes.modifiedSeconds = modified.seconds;
  attributes.modifiedNanoseconds = modified.nanoseconds;
  attributes.changedSeconds = changed.seconds;
  attributes.changedNanoseconds = changed.nanoseconds;
  attributes.deviceNumber = isDevice ? inode.deviceNumber : 0;
}
