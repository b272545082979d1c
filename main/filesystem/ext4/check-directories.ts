import type { CheckContext } from './check-context.ts';
import { blockCountOf, leafEnd, readIndex, readLeaf } from './directory-blocks.ts';
import { inodeOf, isShown, kindOf, nameOf, recordLengthOf } from './directory-entries.ts';
import { hashName } from './directory-hash.ts';
import { parentOf } from './directory-parent.ts';
import { damaged } from './ext4-damage.ts';
import { INODES } from './ext4-layout.ts';
import { findLeaf, hashAt, isIndexed, lastFrame, leafOf, nextLeaf } from './hash-tree.ts';
import { inlineRegions } from './inline-directory.ts';
import type { Inode } from './inode.ts';

/** Names: whether each leads to an inode in use, and whether each inode has as many as it says. */

/** A directory with more links than this says 1. */
const MOST_LINKS = 65_000;
/** Blocks of a directory that are read though some of them have another owner. */
const MOST_OVERLAPPING = 256;

/** Looks at all directories, and at what their names add up to. */
export function checkDirectories(context: CheckContext, onShare: (share: number) => void): void {
  const parents = new Map<number, number>();
  let done = 0;
  for (const [number, { isDirectory }] of context.inodes) {
    done += 1;
    if (!isDirectory) continue;
    context.attempt('directory', `directory ${number}`, () => {
      const directory = context.volume.inodes.get(number);
      // Names of encrypted directories are not text; their order is not looked at.
      checkDirectory(context, directory, parents);
    });
    onShare(done / context.inodes.size);
  }
  checkTree(context, parents);
  checkLinks(context);
}

function checkDirectory(
  context: CheckContext,
  directory: Inode,
  parents: Map<number, number>,
): void {
  const { volume } = context;
  const names = new Set<string>();
  const take = (bytes: Buffer, end: number): void => {
    for (let at = 0; at < end; at += recordLengthOf(bytes, at)) {
      takeEntry(context, directory, { bytes, at, names, parents });
    }
  };
  if (directory.hasFlag('inlineData')) {
    for (const region of inlineRegions(directory)) take(region, region.length);
  } else if (isIndexed(volume, directory)) {
    checkHashTree(context, directory, take);
  } else {
    const count = blockCountOf(volume, directory);
    // One block in many places of a directory could hold more names than anybody reads.
    if (context.overlapping.has(directory.number) && count > MOST_OVERLAPPING) {
      throw damaged('size of a directory with blocks of others');
    }
    for (let logical = 0; logical < count; logical += 1) {
      take(readLeaf(volume, directory, logical).bytes, leafEnd(volume));
    }
  }
}

type TakenEntry = Readonly<{
  bytes: Buffer;
  at: number;
  names: Set<string>;
  parents: Map<number, number>;
}>;

function takeEntry(context: CheckContext, directory: Inode, entry: TakenEntry): void {
  const { bytes, at, names, parents } = entry;
  const number = inodeOf(bytes, at);
  if (number === 0) return;
  const { findings } = context;
  const name = nameOf(bytes, at);
  const where = `directory ${directory.number}, name ${JSON.stringify(name.toString('latin1'))}`;
  const isDots = name.equals(Buffer.from('.')) || name.equals(Buffer.from('..'));
  if (isDots) return;
  if (!isShown(bytes, at) && !directory.hasFlag('encrypted')) {
    findings.damaged('directory', `${where}: no name that a path can have`);
  }
  const key = name.toString('latin1');
  if (names.has(key)) findings.damaged('directory', `${where}: there twice`);
  names.add(key);
  const known = context.inodes.get(number);
  if (known === undefined) {
    findings.damaged('directory', `${where}: inode ${number} is not in use`);
    return;
  }
  known.names += 1;
  const kind = kindOf(bytes, at);
  const inode = context.volume.inodes.get(number);
  if (kind !== undefined && kind !== inode.kind) {
    findings.damaged('directory', `${where}: says ${kind}, inode ${number} is ${inode.kind}`);
  }
  if (!known.isDirectory) return;
  if (parents.has(number) || number === INODES.root) {
    findings.damaged('directory', `${where}: directory ${number} has another name already`);
  } else {
    parents.set(number, directory.number);
  }
}

/** Walks a hash tree from its first leaf to its last: each must hold the hashes that it should. */
function checkHashTree(
  context: CheckContext,
  directory: Inode,
  take: (bytes: Buffer, end: number) => void,
): void {
  const { volume, findings } = context;
  const seen = new Set<number>();
  const path = findLeaf(volume, directory, 0);
  const end = leafEnd(volume);
  readIndex(volume, directory, 0);
  let isOrdered = true;
  do {
    const frame = lastFrame(path);
    const from = (hashAt(frame, frame.position) & ~1) >>> 0;
    const leaf = leafOf(volume, directory, path);
    for (const { logical } of path.frames) seen.add(logical);
    if (seen.has(leaf)) {
      findings.damaged('directory', `directory ${directory.number}: block ${leaf} is there twice`);
      return;
    }
    seen.add(leaf);
    const { bytes } = readLeaf(volume, directory, leaf);
    take(bytes, end);
    if (directory.hasFlag('encrypted')) continue;
    for (let at = 0; at < end; at += recordLengthOf(bytes, at)) {
      if (isShown(bytes, at) && hashName(path.hash, nameOf(bytes, at)) < from) isOrdered = false;
    }
  } while (nextLeaf(volume, directory, path));
  const isWhole = seen.size === blockCountOf(volume, directory);
  if (!isOrdered || !isWhole) {
    const what = isOrdered ? 'blocks that its tree does not name' : 'names in the wrong leaf';
    findings.damaged('directory', `directory ${directory.number}: ${what}`);
  }
}

/** Every directory must hang below the root, and its ".." must say where. */
function checkTree(context: CheckContext, parents: ReadonlyMap<number, number>): void {
  const attached = new Set<number>([INODES.root]);
  for (const [number, { isDirectory }] of context.inodes) {
    if (!isDirectory || context.orphans.has(number)) continue;
    context.findings.attempt('directory', `directory ${number}`, () => {
      const above = number === INODES.root ? number : parents.get(number);
      const stated = parentOf(context.volume, context.volume.inodes.get(number));
      if (above !== undefined && stated !== above) {
        const words = `directory ${number}: ".." says ${stated}, its name is in ${above}`;
        context.findings.damaged('directory', words);
      }
      const holder = context.inodes.get(above ?? stated);
      if (holder !== undefined) holder.names += 1;
      if (!isAttached(number, parents, attached) && !context.isIncomplete) {
        context.findings.damaged('directory', `directory ${number} does not hang below the root`);
      }
    });
  }
}

function isAttached(
  number: number,
  parents: ReadonlyMap<number, number>,
  attached: Set<number>,
): boolean {
  const way: number[] = [];
  const seen = new Set<number>();
  for (let at: number | undefined = number; at !== undefined; at = parents.get(at)) {
    if (attached.has(at)) {
      for (const passed of way) attached.add(passed);
      return true;
    }
    if (seen.has(at)) return false;
    seen.add(at);
    way.push(at);
  }
  return false;
}

function checkLinks(context: CheckContext): void {
  if (context.isIncomplete) return;
  for (const [number, { links, isDirectory, names }] of context.inodes) {
    if (context.orphans.has(number) && links === 0) continue;
    // "." is one more; the root has no name of its own, and its ".." is itself.
    const found = isDirectory ? names + 1 : names;
    const isMany = isDirectory && links === 1 && found > MOST_LINKS;
    const isUncounted = isDirectory && links === 1;
    if (links === found || isMany || isUncounted) continue;
    const words =
      names === 0
        ? `inode ${number} has no name`
        : `inode ${number}: ${links} links stated, ${found} found`;
    context.findings.damaged('links', words);
  }
}
