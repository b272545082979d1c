import { KIB } from '../../../shared/units.ts';
import { FileSystemError } from '../file-system-error.ts';
import type { ClusterMap } from './cluster-map.ts';
import { ATTRIBUTE, ENTRY, MAXIMUM_FILE_BYTES } from './fat-layout.ts';
import { type FatNode, writeModified } from './fat-node.ts';
import type { FatVolume } from './fat-volume.ts';

const ZERO_BYTES = 64 * KIB;
const MAXIMUM_TRANSFER_BYTES = 1024 * KIB;

/** Reads from a file; whole runs of clusters go to the device in one call. Returns the count. */
export function readContent(
  volume: FatVolume,
  node: FatNode,
  offsetBytes: number,
  target: Uint8Array,
): number {
  const count = Math.min(target.length, node.sizeBytes - offsetBytes);
  if (count <= 0) return 0;
  const chain = volume.chainOf(node);
  let done = 0;
  while (done < count) {
    const position = offsetBytes + done;
    const limit = Math.min(count - done, MAXIMUM_TRANSFER_BYTES);
    const length = volume.contiguousBytes(chain, position, limit);
    const isAll = length === target.length;
    volume.device.readInto(
      volume.offsetIn(chain, position),
      isAll ? target : target.subarray(done, done + length),
    );
    done += length;
  }
  return count;
}

/**
 * Writes to a file and grows it as needed; what lies between the old end and `offsetBytes` becomes
 * zero, so that no former content of a cluster is ever shown.
 *
 * @returns Bytes written: cut short at 4 GiB - 1, or where space runs out after the first byte.
 * @throws FileSystemError `EFBIG`, `ENOSPC`.
 */
export function writeContent(
  volume: FatVolume,
  node: FatNode,
  offsetBytes: number,
  source: Uint8Array,
): number {
  if (source.length === 0) return 0;
  if (offsetBytes >= MAXIMUM_FILE_BYTES) throw new FileSystemError('EFBIG');
  const chain = volume.chainOf(node);
  const wanted = Math.min(source.length, MAXIMUM_FILE_BYTES - offsetBytes);
  const count = orShrinkBack(volume, node, chain, () => {
    const fitting = makeRoom(volume, node, chain, offsetBytes, wanted);
    if (offsetBytes > node.sizeBytes) zero(volume, chain, node.sizeBytes, offsetBytes);
    transfer(volume, chain, offsetBytes, source, fitting);
    return fitting;
  });
  node.sizeBytes = Math.max(node.sizeBytes, offsetBytes + count);
  touchModified(volume, node);
  return count;
}

/**
 * Sets a file's size. Growing fills with zeros; what is cut off is free after the next sync.
 *
 * @throws FileSystemError `EFBIG`, `ENOSPC`: then the file is as it was.
 */
export function resizeContent(volume: FatVolume, node: FatNode, sizeBytes: number): void {
  if (sizeBytes > MAXIMUM_FILE_BYTES) throw new FileSystemError('EFBIG');
  const chain = volume.chainOf(node);
  const needed = Math.ceil(sizeBytes / volume.geometry.clusterBytes);
  if (sizeBytes > node.sizeBytes) {
    orShrinkBack(volume, node, chain, () => {
      growTo(volume, node, chain, needed);
      zero(volume, chain, node.sizeBytes, sizeBytes);
    });
  } else {
    volume.cutChain(node, chain, needed);
  }
  node.sizeBytes = sizeBytes;
  touchModified(volume, node);
}

/** Sets the modification time to now; a file counts as changed since its last backup. */
export function touchModified(volume: FatVolume, node: FatNode): void {
  const now = volume.now();
  const seconds = Math.floor(now / 1000);
  writeModified(node.entry, seconds);
  if (node.kind === 'file') {
    node.entry[ENTRY.attributes] = (node.entry[ENTRY.attributes] ?? 0) | ATTRIBUTE.archive;
  }
  node.changedSeconds = seconds;
  node.changedNanoseconds = (now - seconds * 1000) * 1_000_000;
  volume.markEntryDirty(node);
}

/** Runs what grows a file; where the storage fails, the clusters that were added go back. */
function orShrinkBack<T>(volume: FatVolume, node: FatNode, chain: ClusterMap, grow: () => T): T {
  const { count } = chain;
  try {
    return grow();
  } catch (error) {
    if (chain.count > count) volume.cutChain(node, chain, count);
    throw error;
  }
}

/** Grows the chain for a write; returns how many bytes of it fit. */
function makeRoom(
  volume: FatVolume,
  node: FatNode,
  chain: ClusterMap,
  offsetBytes: number,
  wanted: number,
): number {
  const { clusterBytes } = volume.geometry;
  const needed = Math.ceil((offsetBytes + wanted) / clusterBytes);
  if (needed <= chain.count) return wanted;
  const fitting = chain.count + volume.allocator.freeCount;
  if (needed <= fitting) {
    growTo(volume, node, chain, needed);
    return wanted;
  }
  const count = fitting * clusterBytes - offsetBytes;
  if (count <= 0) throw new FileSystemError('ENOSPC');
  growTo(volume, node, chain, fitting);
  return count;
}

function growTo(volume: FatVolume, node: FatNode, chain: ClusterMap, count: number): void {
  if (chain.count >= count) return;
  volume.reserve(count - chain.count);
  while (chain.count < count) {
    const near = chain.count > 0 ? chain.last + 1 : 0;
    volume.appendExtent(node, chain, volume.allocator.take(count - chain.count, near));
  }
}

function transfer(
  volume: FatVolume,
  chain: ClusterMap,
  offsetBytes: number,
  source: Uint8Array,
  count: number,
): void {
  let done = 0;
  while (done < count) {
    const position = offsetBytes + done;
    const limit = Math.min(count - done, MAXIMUM_TRANSFER_BYTES);
    const length = volume.contiguousBytes(chain, position, limit);
    const isAll = length === source.length;
    volume.device.writeFrom(
      volume.offsetIn(chain, position),
      isAll ? source : source.subarray(done, done + length),
    );
    done += length;
  }
}

function zero(volume: FatVolume, chain: ClusterMap, from: number, to: number): void {
  if (from >= to) return;
  const zeros = Buffer.alloc(Math.min(ZERO_BYTES, to - from));
  let position = from;
  while (position < to) {
    const length = volume.contiguousBytes(chain, position, Math.min(zeros.length, to - position));
    zeros.fill(0); // the device may have encrypted it in place
    volume.device.writeFrom(volume.offsetIn(chain, position), zeros.subarray(0, length));
    position += length;
  }
}
