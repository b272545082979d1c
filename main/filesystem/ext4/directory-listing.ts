import type { NodeKind } from '../file-system.ts';
import { blockCountOf, leafEnd, looksLikeIndex, readLeaf } from './directory-blocks.ts';
import { inodeOf, isShown, kindOf, nameOf, recordLengthOf } from './directory-entries.ts';
import { type HashKind, hashName, isKnownHash } from './directory-hash.ts';
import { damaged } from './ext4-damage.ts';
import { COMPATIBLE } from './ext4-features.ts';
import type { Ext4Volume } from './ext4-volume.ts';
import { defaultHash, findLeaf, isIndexed, leafOf, leastHash, nextLeaf } from './hash-tree.ts';
import { inlineRegions } from './inline-directory.ts';
import type { Inode } from './inode.ts';
import type { MetadataBlock } from './metadata-blocks.ts';

/**
 * Lists directories in an order that changes of them do not disturb: by hash wherever a directory
 * is indexed or may become so, else by place.
 *
 * A cookie is a place in that order: the upper 31 bits of the hash and how many names of the same
 * hash came before; or the offset of the next entry. Cookies are counted from {@link COOKIE_BASE}.
 */

/** Below are the cookies of "." and "..". */
export const COOKIE_BASE = 3;
const SAME_HASHES = 2 ** 21;

/** Receives an entry; `false` ends the listing before it. `name` is borrowed. */
export type ListedEntry = (
  name: Buffer,
  inode: number,
  kind: NodeKind | undefined,
  nextCookie: number,
) => boolean;

type HashedEntry = Readonly<{ hash: number; bytes: Buffer; at: number }>;

/** @throws FileSystemError `EUCLEAN`, `EBADMSG`. */
export function listEntries(
  volume: Ext4Volume,
  directory: Inode,
  cookie: number,
  emit: ListedEntry,
): void {
  const from = Math.max(0, cookie - COOKIE_BASE);
  if (isIndexed(volume, directory)) listTree(volume, directory, from, emit);
  else if (isSmall(volume, directory)) listSmall(volume, directory, from, emit);
  else listByPlace(volume, directory, from, emit);
}

/** A directory of one block is listed by hash, as it will be when it has grown. */
function isSmall(volume: Ext4Volume, directory: Inode): boolean {
  if (directory.hasFlag('inlineData')) return true;
  const hasIndexes = (volume.geometry.features.compatible & COMPATIBLE.dir_index) !== 0;
  const isPlain = !directory.hasFlag('casefolded') && isKnownHash(defaultHash(volume).version);
  return hasIndexes && isPlain && blockCountOf(volume, directory) === 1;
}

/** Emits entries in the order of their hashes over any number of leaves. */
class HashOrder {
  readonly #startHash: number;
  readonly #startIndex: number;
  readonly #emit: ListedEntry;
  #lastHash = -1;
  #index = 0;

  constructor(from: number, emit: ListedEntry) {
    this.#startHash = Math.floor(from / SAME_HASHES) * 2;
    this.#startIndex = from % SAME_HASHES;
    this.#emit = emit;
  }

  get startHash(): number {
    return this.#startHash;
  }

  /** Returns `false` where the receiver wants no more. */
  take(entries: HashedEntry[]): boolean {
    entries.sort((one, other) => one.hash - other.hash);
    for (const { hash, bytes, at } of entries) {
      if (hash < this.#startHash) continue;
      this.#index = hash === this.#lastHash ? this.#index + 1 : 0;
      this.#lastHash = hash;
      if (hash === this.#startHash && this.#index < this.#startIndex) continue;
      const next = COOKIE_BASE + (hash / 2) * SAME_HASHES + this.#index + 1;
      if (!this.#emit(nameOf(bytes, at), inodeOf(bytes, at), kindOf(bytes, at), next)) return false;
    }
    return true;
  }
}

/** Under which least hash a leaf was listed: a tree that names it twice would have no end. */
const listedUnder = new WeakMap<MetadataBlock, number>();

function listTree(volume: Ext4Volume, directory: Inode, from: number, emit: ListedEntry): void {
  const order = new HashOrder(from, emit);
  const path = findLeaf(volume, directory, order.startHash);
  do {
    const leaf = readLeaf(volume, directory, leafOf(volume, directory, path));
    const least = leastHash(path);
    if ((listedUnder.get(leaf) ?? least) !== least) {
      throw damaged(`index of directory ${directory.number}`);
    }
    listedUnder.set(leaf, least);
    if (!order.take(hashed(path.hash, leaf.bytes, leafEnd(volume)))) return;
  } while (nextLeaf(volume, directory, path));
}

function listSmall(volume: Ext4Volume, directory: Inode, from: number, emit: ListedEntry): void {
  const kind = defaultHash(volume);
  const hash = isKnownHash(kind.version) ? kind : { ...kind, version: 0 };
  const entries = directory.hasFlag('inlineData')
    ? inlineRegions(directory).flatMap((region) => hashed(hash, region, region.length))
    : hashed(hash, readLeaf(volume, directory, 0).bytes, leafEnd(volume));
  new HashOrder(from, emit).take(entries);
}

function hashed(kind: HashKind, bytes: Buffer, end: number): HashedEntry[] {
  const entries: HashedEntry[] = [];
  for (let at = 0; at < end; at += recordLengthOf(bytes, at)) {
    if (isShown(bytes, at)) entries.push({ hash: hashName(kind, nameOf(bytes, at)), bytes, at });
  }
  return entries;
}

function listByPlace(volume: Ext4Volume, directory: Inode, from: number, emit: ListedEntry): void {
  const { blockBytes } = volume.geometry;
  const count = blockCountOf(volume, directory);
  const end = leafEnd(volume);
  for (let logical = Math.floor(from / blockBytes); logical < count; logical += 1) {
    if (directory.hasFlag('indexed') && looksLikeIndex(volume, directory, logical)) continue;
    const { bytes } = readLeaf(volume, directory, logical);
    const base = COOKIE_BASE + logical * blockBytes;
    // From the block's start: the entry at the cookie may have been joined with the one before.
    for (let at = 0; at < end; ) {
      const length = recordLengthOf(bytes, at);
      if (logical * blockBytes + at >= from && isShown(bytes, at)) {
        const next = base + at + length;
        if (!emit(nameOf(bytes, at), inodeOf(bytes, at), kindOf(bytes, at), next)) return;
      }
      at += length;
    }
  }
}
