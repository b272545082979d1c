import { FormatError } from '../../../shared/errors/vault-error.ts';
import type { BlockDevice } from '../../block/block-device.ts';
import { ClusterBitmap } from './cluster-bitmap.ts';
import { clusterOffset } from './fat-geometry.ts';
import {
  ATTRIBUTE,
  END_OF_CHAIN_MINIMUM,
  ENTRY,
  ENTRY_BYTES,
  FIRST_CLUSTER,
  FREE_MARK,
} from './fat-layout.ts';
import { readFirstCluster, writeFirstCluster } from './fat-node.ts';
import type { GrowLayout } from './grow-layout.ts';
import type { GrowMap } from './grow-map.ts';

/** A cluster of a directory as it has to be after growing. */
export type PatchedCluster = Readonly<{ cluster: number; content: Buffer }>;

/**
 * Goes through all directories of a volume and yields each of their clusters with the first cluster
 * of every entry mapped. `cluster` is the number before growing; nothing is written.
 *
 * @throws FormatError `filesystem-damaged` where a chain leads nowhere or into another one.
 */
export function* patchedDirectories(
  device: BlockDevice,
  layout: GrowLayout,
  map: GrowMap,
): Generator<PatchedCluster> {
  const { old } = layout;
  const seen = new ClusterBitmap(old.clusterCount + FIRST_CLUSTER);
  const queue: number[] = [old.rootCluster];
  for (let first = queue.pop(); first !== undefined; first = queue.pop()) {
    let hasEnded = false;
    for (let cluster = first; cluster < END_OF_CHAIN_MINIMUM; cluster = map.next(cluster)) {
      const next = map.next(cluster);
      if (next === 0 || seen.has(cluster)) throw damaged(cluster);
      seen.set(cluster);
      const content = Buffer.alloc(old.clusterBytes);
      device.readInto(clusterOffset(old, cluster), content);
      if (!hasEnded) hasEnded = patchSlots(content, map, queue);
      yield { cluster, content };
    }
  }
}

/** Maps the entries of one cluster; returns whether the directory ends in it. */
function patchSlots(content: Buffer, map: GrowMap, queue: number[]): boolean {
  for (let at = 0; at < content.length; at += ENTRY_BYTES) {
    const mark = content[at] ?? 0;
    if (mark === 0) return true;
    const attributes = content[at + ENTRY.attributes] ?? 0;
    const isLong = (attributes & ATTRIBUTE.longNameMask) === ATTRIBUTE.longName;
    if (mark === FREE_MARK || isLong || (attributes & ATTRIBUTE.volumeLabel) !== 0) continue;
    const entry = content.subarray(at, at + ENTRY_BYTES);
    const first = readFirstCluster(entry);
    if (first === 0) continue;
    writeFirstCluster(entry, map.map(first));
    const isDot = mark === 0x2e;
    if ((attributes & ATTRIBUTE.directory) !== 0 && !isDot) queue.push(first);
  }
  return false;
}

function damaged(cluster: number): FormatError {
  return new FormatError('filesystem-damaged', { field: 'directory', cluster });
}
