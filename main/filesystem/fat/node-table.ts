import { ROOT_NODE } from '../file-system.ts';
import { FileSystemError } from '../file-system-error.ts';
import { placeOf, readSlots } from './directory-content.ts';
import type { SlotEntry } from './directory-slots.ts';
import { ATTRIBUTE } from './fat-layout.ts';
import {
  type FatNode,
  newEntry,
  newNode,
  readFirstCluster,
  writeFirstCluster,
} from './fat-node.ts';
import type { FatVolume } from './fat-volume.ts';

/** Numbers from here on are given to nodes whose place is the number of another. */
const FIRST_SPARE_NUMBER = 2 ** 50;
const MAXIMUM_IDLE_DIRECTORIES = 1024;
const MAXIMUM_INDEXED_NAMES = 300_000;
/** 1980-01-01: the root has no entry that could hold a time. */
const ROOT_TIME_MS = 315_532_800_000;

/**
 * The nodes that somebody knows, by number. A node's number is the place of its short entry on the
 * volume where that is free, so that it is mostly the same at the next mount; it never changes and
 * is not given to another node as long as it is known.
 */
export class NodeTable {
  readonly root: FatNode;
  readonly #volume: FatVolume;
  readonly #nodes = new Map<number, FatNode>();
  /** Known directories by first cluster: no two may have the same. */
  readonly #directories = new Map<number, FatNode>();
  /** Directories that nobody refers to, kept for their name index; the oldest first. */
  readonly #idle = new Set<FatNode>();
  #nextSpare = FIRST_SPARE_NUMBER;

  constructor(volume: FatVolume) {
    this.#volume = volume;
    const entry = newEntry(new Uint8Array(11), 0, ATTRIBUTE.directory, ROOT_TIME_MS);
    writeFirstCluster(entry, volume.geometry.rootCluster);
    this.root = newNode(ROOT_NODE, undefined, { firstSlot: -1, shortSlot: -1 }, entry);
    this.root.references = 1;
    this.#nodes.set(ROOT_NODE, this.root);
    this.#directories.set(volume.geometry.rootCluster, this.root);
  }

  /** @throws FileSystemError `ESTALE` where the number is not known. */
  get(number: number): FatNode {
    const node = this.#nodes.get(number);
    if (node === undefined) throw new FileSystemError('ESTALE');
    return node;
  }

  /** @throws FileSystemError `ENOTDIR`; `ESTALE`. */
  directory(number: number): FatNode {
    const node = this.get(number);
    if (node.kind !== 'directory') throw new FileSystemError('ENOTDIR');
    return node;
  }

  /** @throws FileSystemError `EISDIR`; `ESTALE`. */
  file(number: number): FatNode {
    const node = this.get(number);
    if (node.kind !== 'file') throw new FileSystemError('EISDIR');
    return node;
  }

  /** Returns the node of an entry without adding a reference: call {@link settle} when done. */
  ofEntry(parent: FatNode, entry: SlotEntry): FatNode {
    const known = parent.children.get(entry.shortSlot);
    if (known !== undefined) return known;
    const short = readSlots(this.#volume, parent, entry.shortSlot, entry.shortSlot + 1);
    return this.adopt(parent, entry, short);
  }

  /** Makes the node of an entry that is not known yet. */
  adopt(
    parent: FatNode,
    place: Readonly<{ firstSlot: number; shortSlot: number }>,
    short: Uint8Array,
  ): FatNode {
    const node = newNode(this.#numberAt(parent, place.shortSlot), parent, place, short);
    if (node.kind === 'directory') {
      const first = readFirstCluster(node.entry);
      // Two directories with the same clusters would overwrite each other's entries.
      if (this.#directories.has(first)) throw this.#volume.damage();
      this.#directories.set(first, node);
    }
    this.#nodes.set(node.number, node);
    parent.children.set(place.shortSlot, node);
    this.#idle.delete(parent);
    return node;
  }

  /** Returns the number that an entry has or would get. */
  numberOf(parent: FatNode, shortSlot: number): number {
    return parent.children.get(shortSlot)?.number ?? placeOf(this.#volume, parent, shortSlot);
  }

  /** Moves a node to another place in the tree. */
  move(
    node: FatNode,
    parent: FatNode,
    place: Readonly<{ firstSlot: number; shortSlot: number }>,
  ): void {
    const former = node.parent;
    former?.children.delete(node.shortSlot);
    node.parent = parent;
    node.firstSlot = place.firstSlot;
    node.shortSlot = place.shortSlot;
    parent.children.set(place.shortSlot, node);
    this.#idle.delete(parent);
    if (former !== undefined && former !== parent) this.settle(former);
  }

  /** Takes a node out of the tree; it lives on as long as somebody refers to it. */
  unlink(node: FatNode): void {
    this.#volume.dropEntry(node);
    node.isUnlinked = true;
    const { parent } = node;
    parent?.children.delete(node.shortSlot);
    if (node.kind === 'directory') this.#directories.delete(readFirstCluster(node.entry));
    this.settle(node);
  }

  /** Drops a node that nobody refers to any more: frees it if it is unlinked. */
  settle(node: FatNode): void {
    const isUsed = node.references > 0 || node.handles > 0 || node.children.size > 0;
    if (isUsed || node.parent === undefined) return;
    if (node.isUnlinked) {
      this.#nodes.delete(node.number);
      this.#idle.delete(node);
      this.#free(node);
    } else if (node.kind === 'directory') {
      this.#idle.delete(node);
      this.#idle.add(node);
      this.#evict();
    } else {
      this.#drop(node);
    }
  }

  /** Frees all unlinked nodes, whoever still refers to them: the volume goes away. */
  freeUnlinked(): void {
    for (const node of this.#nodes.values()) if (node.isUnlinked) this.#free(node);
  }

  #free(node: FatNode): void {
    if (this.#volume.isReadOnly) return;
    this.#volume.beginChange();
    this.#volume.cutChain(node, this.#volume.chainOf(node), 0);
  }

  #drop(node: FatNode): void {
    this.#volume.writeEntry(node);
    this.#nodes.delete(node.number);
    this.#idle.delete(node);
    const { parent } = node;
    if (node.kind === 'directory') this.#directories.delete(readFirstCluster(node.entry));
    if (parent === undefined) return;
    parent.children.delete(node.shortSlot);
    this.settle(parent);
  }

  #evict(): void {
    let names = 0;
    for (const node of this.#idle) names += node.index?.entryCount ?? 0;
    for (const node of this.#idle) {
      if (this.#idle.size <= MAXIMUM_IDLE_DIRECTORIES && names <= MAXIMUM_INDEXED_NAMES) return;
      if (this.#volume.hasPendingNames(node)) continue;
      names -= node.index?.entryCount ?? 0;
      this.#idle.delete(node);
      this.#drop(node);
    }
  }

  #numberAt(parent: FatNode, shortSlot: number): number {
    const place = placeOf(this.#volume, parent, shortSlot);
    if (!this.#nodes.has(place)) return place;
    this.#nextSpare += 1;
    return this.#nextSpare;
  }
}
