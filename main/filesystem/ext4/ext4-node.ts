import { ROOT_NODE } from '../file-system.ts';
import { FileSystemError } from '../file-system-error.ts';
import { INODES } from './ext4-layout.ts';

/** An inode that somebody knows: looked up, or open. */
export type Ext4Node = {
  /** Number of the inode; the node's number but for the root's. */
  readonly inode: number;
  references: number;
  handles: number;
};

/** The node number of an inode: the two that are called "root" change places. */
export function nodeNumberOf(inode: number): number {
  if (inode === INODES.root) return ROOT_NODE;
  return inode === ROOT_NODE ? INODES.root : inode;
}

/** Counts who knows which inode. */
export class Ext4Nodes {
  readonly #nodes = new Map<number, Ext4Node>();

  constructor() {
    this.#nodes.set(ROOT_NODE, { inode: INODES.root, references: 1, handles: 0 });
  }

  /** @throws FileSystemError `ESTALE` where the number is not known. */
  get(number: number): Ext4Node {
    const node = this.#nodes.get(number);
    if (node === undefined) throw new FileSystemError('ESTALE');
    return node;
  }

  isKnown(inode: number): boolean {
    return this.#nodes.has(nodeNumberOf(inode));
  }

  /** Adds one reference and returns the node's number. */
  refer(inode: number): number {
    const number = nodeNumberOf(inode);
    const known = this.#nodes.get(number);
    if (known === undefined) this.#nodes.set(number, { inode, references: 1, handles: 0 });
    else known.references += 1;
    return number;
  }

  /** Takes references away; returns the inode if nobody knows it any more. */
  forget(number: number, references: number): number | undefined {
    const node = this.get(number);
    if (number !== ROOT_NODE) node.references = Math.max(0, node.references - references);
    return this.#settle(number, node);
  }

  open(number: number): void {
    this.get(number).handles += 1;
  }

  /** Closes one handle; returns the inode if nobody knows it any more. */
  close(number: number): number | undefined {
    const node = this.get(number);
    node.handles = Math.max(0, node.handles - 1);
    return this.#settle(number, node);
  }

  #settle(number: number, node: Ext4Node): number | undefined {
    if (node.references > 0 || node.handles > 0) return undefined;
    this.#nodes.delete(number);
    return node.inode;
  }
}
