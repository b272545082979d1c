import { type SlotEntry, visitSlots } from './directory-slots.ts';
import { ENTRY_BYTES, FREE_MARK } from './fat-layout.ts';
import { foldCase } from './fat-names.ts';

const LONGEST_ENTRY_SLOTS = 21;

/**
 * The names of one directory by their folded form, long and short, and which slots are free.
 *
 * Where a damaged directory holds a name twice, the first entry is the one that is found.
 */
export class DirectoryIndex {
  readonly #byKey = new Map<string, SlotEntry>();
  /** 1 where a slot is taken; as long as the directory's clusters. */
  #slots: Uint8Array;
  /** Where the search for a run of `n` free slots starts. */
  readonly #searchFrom = new Float64Array(LONGEST_ENTRY_SLOTS + 1);
  #entryCount = 0;
  /** Slots from here on have never been used; the first of them holds the end mark, if there is one. */
  #end = 0;
  /** There is something else than zeros behind the end mark: to be cleared before it moves. */
  hasGarbageBehindEnd: boolean;

  /**
   * @param slots - All of the directory. Borrowed.
   * @param isHidden - Tells of a short entry's slot that its name is gone though it still stands.
   */
  constructor(slots: Buffer, isHidden: (shortSlot: number) => boolean) {
    const count = slots.length / ENTRY_BYTES;
    this.#slots = new Uint8Array(count);
    this.#end = visitSlots(slots, 0, {
      onEntry: (entry) => {
        if (!isHidden(entry.shortSlot)) this.#add(entry);
        return true;
      },
    });
    for (let slot = 0; slot < this.#end; slot += 1) {
      this.#slots[slot] = slots[slot * ENTRY_BYTES] === FREE_MARK ? 0 : 1;
    }
    let hasGarbage = false;
    for (let slot = this.#end; slot < count && !hasGarbage; slot += 1) {
      hasGarbage = slots[slot * ENTRY_BYTES] !== 0;
    }
    this.hasGarbageBehindEnd = hasGarbage;
  }

  get entryCount(): number {
    return this.#entryCount;
  }

  get slotCount(): number {
    return this.#slots.length;
  }

  /** The slot of the end mark: what follows has never been used. */
  get end(): number {
    return this.#end;
  }

  find(key: string): SlotEntry | undefined {
    return this.#byKey.get(key);
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  /** Adds an entry just made; it takes the place of one by the same name, which is to be removed. */
  add(entry: SlotEntry): void {
    this.#byKey.set(foldCase(entry.name), entry);
    this.#byKey.set(foldCase(entry.alias), entry);
    this.#entryCount += 1;
    this.#slots.fill(1, entry.firstSlot, entry.shortSlot + 1);
    this.#end = Math.max(this.#end, entry.shortSlot + 1);
  }

  /** Forgets a name; its slots stay taken until {@link freeSlots}. */
  remove(entry: SlotEntry): void {
    const longKey = foldCase(entry.name);
    if (this.#byKey.get(longKey) === entry) this.#byKey.delete(longKey);
    const alias = foldCase(entry.alias);
    if (this.#byKey.get(alias) === entry) this.#byKey.delete(alias);
    this.#entryCount -= 1;
  }

  freeSlots(firstSlot: number, count: number): void {
    this.#slots.fill(0, firstSlot, firstSlot + count);
    for (let n = 1; n <= LONGEST_ENTRY_SLOTS; n += 1) {
      const from = Math.max(0, firstSlot - n + 1);
      this.#searchFrom[n] = Math.min(this.#searchFrom[n] ?? 0, from);
    }
  }

  grow(slotCount: number): void {
    const grown = new Uint8Array(slotCount);
    grown.set(this.#slots);
    this.#slots = grown;
  }

  /**
   * Returns the first of `count` free slots in a row, or -1 where the directory must grow.
   *
   * @param pageSlots - The run does not cross a multiple of this, so that one page holds it.
   */
  findFree(count: number, pageSlots: number): number {
    let run = 0;
    for (let slot = this.#searchFrom[count] ?? 0; slot < this.#slots.length; slot += 1) {
      if (slot % pageSlots === 0 && count <= pageSlots) run = 0;
      run = this.#slots[slot] === 0 ? run + 1 : 0;
      if (run === count) {
        this.#searchFrom[count] = slot + 1 - count;
        return slot + 1 - count;
      }
    }
    this.#searchFrom[count] = Math.max(0, this.#slots.length - count + 1);
    return -1;
  }

  #add(entry: SlotEntry): void {
    const longKey = foldCase(entry.name);
    if (!this.#byKey.has(longKey)) this.#byKey.set(longKey, entry);
    const alias = foldCase(entry.alias);
    if (!this.#byKey.has(alias)) this.#byKey.set(alias, entry);
    this.#entryCount += 1;
  }
}
