import type { NodeKind } from '../file-system.ts';
import type { ClusterMap } from './cluster-map.ts';
import type { DirectoryIndex } from './directory-index.ts';
import { ATTRIBUTE, ENTRY, ENTRY_BYTES } from './fat-layout.ts';
import { clampSeconds, decodeTime, encodeDate, encodeTime } from './fat-times.ts';

/** A file or directory that somebody knows, or whose name index is kept. */
export type FatNode = {
  readonly number: number;
  readonly kind: NodeKind & ('file' | 'directory');
  /** Undefined for the root only. */
  parent: FatNode | undefined;
  firstSlot: number;
  shortSlot: number;
  /** The short entry as it stands on the volume or will after the next write-back of it. */
  readonly entry: Buffer;
  isEntryDirty: boolean;
  /** Size of a file; 0 for directories. */
  sizeBytes: number;
  /** Loaded at first use. */
  chain: ClusterMap | undefined;
  references: number;
  handles: number;
  isUnlinked: boolean;
  changedSeconds: number;
  changedNanoseconds: number;
  /** Nodes below a directory by the slot of their short entry. */
  readonly children: Map<number, FatNode>;
  index: DirectoryIndex | undefined;
};

/** Returns the node of a short entry. `entry` is copied. */
export function newNode(
  number: number,
  parent: FatNode | undefined,
  place: Readonly<{ firstSlot: number; shortSlot: number }>,
  entry: Uint8Array,
): FatNode {
  const copy = Buffer.alloc(ENTRY_BYTES);
  copy.set(entry.subarray(0, ENTRY_BYTES));
  const isDirectory = ((copy[ENTRY.attributes] ?? 0) & ATTRIBUTE.directory) !== 0;
  return {
    number,
    kind: isDirectory ? 'directory' : 'file',
    parent,
    firstSlot: place.firstSlot,
    shortSlot: place.shortSlot,
    entry: copy,
    isEntryDirty: false,
    sizeBytes: isDirectory ? 0 : copy.readUInt32LE(ENTRY.sizeBytes),
    chain: undefined,
    references: 0,
    handles: 0,
    isUnlinked: false,
    changedSeconds: readModified(copy),
    changedNanoseconds: 0,
    children: new Map(),
    index: undefined,
  };
}

export function readFirstCluster(entry: Buffer): number {
  return (entry.readUInt16LE(ENTRY.clusterHigh) << 16) | entry.readUInt16LE(ENTRY.clusterLow);
}

export function writeFirstCluster(entry: Buffer, cluster: number): void {
  entry.writeUInt16LE(cluster >>> 16, ENTRY.clusterHigh);
  entry.writeUInt16LE(cluster & 0xffff, ENTRY.clusterLow);
}

export function readModified(entry: Buffer): number {
  return decodeTime(entry.readUInt16LE(ENTRY.modifiedDate), entry.readUInt16LE(ENTRY.modifiedTime));
}

export function readAccessed(entry: Buffer): number {
  const date = entry.readUInt16LE(ENTRY.accessedDate);
  return date === 0 ? readModified(entry) : decodeTime(date, 0);
}

export function writeModified(entry: Buffer, seconds: number): void {
  entry.writeUInt16LE(encodeDate(seconds), ENTRY.modifiedDate);
  entry.writeUInt16LE(encodeTime(seconds), ENTRY.modifiedTime);
}

export function writeAccessed(entry: Buffer, seconds: number): void {
  entry.writeUInt16LE(encodeDate(seconds), ENTRY.accessedDate);
}

/** Returns a fresh short entry with all its times at `now` (milliseconds since 1970). */
export function newEntry(
  name: Uint8Array,
  caseFlags: number,
  attributes: number,
  now: number,
): Buffer {
  const entry = Buffer.alloc(ENTRY_BYTES);
  const seconds = Math.floor(now / 1000);
  entry.set(name, ENTRY.name);
  entry[ENTRY.attributes] = attributes;
  entry[ENTRY.caseFlags] = caseFlags;
  const tenMs = (seconds - clampSeconds(seconds)) * 100 + Math.floor((now % 1000) / 10);
  entry[ENTRY.createdTenMs] = Math.min(199, Math.max(0, tenMs));
  entry.writeUInt16LE(encodeTime(seconds), ENTRY.createdTime);
  entry.writeUInt16LE(encodeDate(seconds), ENTRY.createdDate);
  writeAccessed(entry, seconds);
  writeModified(entry, seconds);
  return entry;
}
