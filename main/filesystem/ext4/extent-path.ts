import type { ExtentMap } from './extent-map.ts';
import {
  childOf,
  depthOf,
  type ExtentNode,
  entryCount,
  findEntry,
  logicalOf,
} from './extent-node.ts';
import type { Inode } from './inode.ts';

/** One node on the way to a leaf, and the entry that was taken: -1 before the first of a leaf. */
export type ExtentLevel = {
  readonly node: ExtentNode;
  /** Block of the node; 0 for the root in the inode. */
  readonly number: number;
  index: number;
};

/** From the root to a leaf; never empty. */
export type ExtentPath = Readonly<{ levels: readonly ExtentLevel[]; leaf: ExtentLevel }>;

/** Finds the way to where a logical block is, or would be. @throws FileSystemError `EUCLEAN`. */
export function findPath(map: ExtentMap, inode: Inode, logical: number): ExtentPath {
  const root = map.rootOf(inode);
  let level: ExtentLevel = { node: root, number: 0, index: findEntry(root, logical) };
  const levels = [level];
  for (let depth = depthOf(root); depth > 0; depth -= 1) {
    level.index = Math.max(0, level.index);
    const number = childOf(level.node, level.index);
    const node = map.nodeAt(inode, number, depth - 1);
    level = { node, number, index: findEntry(node, logical) };
    levels.push(level);
  }
  return { levels, leaf: level };
}

/** The first logical block that the leaf after this one may hold, `undefined` where none follows. */
export function nextLeafStart({ levels }: ExtentPath): number | undefined {
  for (let at = levels.length - 2; at >= 0; at -= 1) {
    const level = levels[at];
    if (level !== undefined && level.index + 1 < entryCount(level.node)) {
      return logicalOf(level.node, level.index + 1);
    }
  }
  return undefined;
}
