import type { FileSystem } from '../../filesystem/file-system.ts';

/**
 * What the kernel holds of a filesystem: references (from lookups) and open handles, per node.
 *
 * Counting here makes two things exact whatever the kernel does: a reply that was never taken (the
 * caller was killed meanwhile) is undone by `revoke`, and what is still held when the connection
 * ends is given back by `releaseAll`. The root is never counted: the kernel holds it for good.
 */
export class NodeCounts {
  readonly #fileSystem: FileSystem;
  readonly #references = new Map<number, number>();
  readonly #handles = new Map<number, number>();
  readonly #granted: number[] = [];
  #grantedCount = 0;
  #openedNode = 0;

  constructor(fileSystem: FileSystem) {
    this.#fileSystem = fileSystem;
  }

  /** References and handles that the kernel holds now, root not included. */
  get held(): Readonly<{ references: number; handles: number }> {
    return { references: total(this.#references), handles: total(this.#handles) };
  }

  beginRequest(): void {
    this.#grantedCount = 0;
    this.#openedNode = 0;
  }

  /** Counts the reference that a lookup or a creation has just added. */
  grantReference(node: number): void {
    this.#references.set(node, (this.#references.get(node) ?? 0) + 1);
    this.#granted[this.#grantedCount] = node;
    this.#grantedCount += 1;
  }

  /** Opens the node in the filesystem and counts the handle. */
  open(node: number): void {
    this.#fileSystem.open(node);
    this.#handles.set(node, (this.#handles.get(node) ?? 0) + 1);
    this.#openedNode = node;
  }

  /** Closes one handle; a handle that was never given out is ignored. */
  close(node: number): void {
    const count = this.#handles.get(node) ?? 0;
    if (count === 0) return;
    setCount(this.#handles, node, count - 1);
    this.#fileSystem.close(node);
  }

  /** Gives references back, never more than were given out. */
  forget(node: number, references: number): void {
    const count = this.#references.get(node) ?? 0;
    const returned = Math.min(count, references);
    if (returned === 0) return;
    setCount(this.#references, node, count - returned);
    this.#fileSystem.forget(node, returned);
  }

  /** References granted to the request at hand so far. */
  get grantedCount(): number {
    return this.#grantedCount;
  }

  /** Takes back the references granted since `grantedCount` was `keep`. */
  revokeLast(keep: number): void {
    while (this.#grantedCount > keep) {
      this.#grantedCount -= 1;
      this.forget(this.#granted[this.#grantedCount] ?? 0, 1);
    }
  }

  /** Takes back all that the request at hand was granted: it failed, or nobody took the reply. */
  revoke(): void {
    if (this.#openedNode !== 0) this.close(this.#openedNode);
    this.revokeLast(0);
    this.beginRequest();
  }

  /** Closes and forgets everything: the connection has ended and the kernel will not say more. */
  releaseAll(): void {
    for (const [node, count] of [...this.#handles]) {
      for (let left = count; left > 0; left -= 1) this.close(node);
    }
    for (const [node, count] of [...this.#references]) this.forget(node, count);
  }
}

function setCount(counts: Map<number, number>, node: number, count: number): void {
  if (count === 0) counts.delete(node);
  else counts.set(node, count);
}

function total(counts: ReadonlyMap<number, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}
