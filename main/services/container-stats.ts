import { stat } from 'node:fs/promises';

/** What a look at a container's file told. */
export type ContainerStat = Readonly<{ sizeBytes: number; device: string; inode: string }>;

type Known = { stat: ContainerStat | null; readonly lookedMs: number };

/** A look is good for this long; a file that was deleted is seen as missing after that. */
const FRESH_MS = 5_000;
/** Of libuv's four threads: files on a server that hangs must not take the last one. */
const MAXIMUM_LOOKS = 2;

/**
 * Sizes of the containers on the list, looked at in the background: a list of a thousand costs a
 * snapshot nothing, and a file on a server that does not answer holds nobody up.
 */
export class ContainerStats {
  readonly #known = new Map<string, Known>();
  readonly #waiting = new Set<string>();
  readonly #looking = new Set<string>();
  readonly #onChange: () => void;

  /** @param onChange - Called after looks that saw something new. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /**
   * Returns what is known of a file; null where it is missing, `undefined` before the first look
   * has answered. What is not fresh is looked at again soon.
   */
  find(path: string): ContainerStat | null | undefined {
    const known = this.#known.get(path);
    if (known === undefined || performance.now() - known.lookedMs > FRESH_MS) this.#ask(path);
    return known?.stat;
  }

  /** Looks at a file now, for a caller that has just changed it. */
  async refresh(path: string): Promise<void> {
    await this.#look(path);
  }

  /** Settles when no look is asked for or under way. */
  async settle(): Promise<void> {
    while (this.#waiting.size > 0 || this.#looking.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  #ask(path: string): void {
    if (this.#looking.has(path) || this.#waiting.has(path)) return;
    this.#waiting.add(path);
    setImmediate(() => void this.#work());
  }

  async #work(): Promise<void> {
    let isChanged = false;
    while (this.#looking.size < MAXIMUM_LOOKS) {
      const [path] = this.#waiting;
      if (path === undefined) break;
      this.#waiting.delete(path);
      isChanged = (await this.#look(path)) || isChanged;
    }
    if (isChanged) this.#onChange();
  }

  async #look(path: string): Promise<boolean> {
    this.#looking.add(path);
    const seen = await readContainerStat(path);
    this.#looking.delete(path);
    const before = this.#known.get(path);
    this.#known.set(path, { stat: seen, lookedMs: performance.now() });
    return before === undefined || !isSame(before.stat, seen);
  }
}

/** Looks at a container's file; null where it cannot be looked at. */
export async function readContainerStat(path: string): Promise<ContainerStat | null> {
  try {
    const { size, dev, ino } = await stat(path, { bigint: true });
    return { sizeBytes: Number(size), device: String(dev), inode: String(ino) };
  } catch {
    return null; // whatever the reason, it cannot be opened from here
  }
}

function isSame(one: ContainerStat | null, other: ContainerStat | null): boolean {
  return one?.sizeBytes === other?.sizeBytes && one?.inode === other?.inode;
}
