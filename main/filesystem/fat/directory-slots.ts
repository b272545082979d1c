import {
  ATTRIBUTE,
  ENTRY,
  ENTRY_BYTES,
  FREE_MARK,
  LONG,
  LONG_LAST,
  LONG_UNIT_OFFSETS,
  LONG_UNITS_PER_SLOT,
  MAXIMUM_NAME_UNITS,
} from './fat-layout.ts';
import { sanitizeName } from './fat-names.ts';
import { readShortName, shortNameChecksum } from './short-name.ts';

/** One entry of a directory: its long name slots, if any, and the short entry that follows. */
export type SlotEntry = Readonly<{
  name: string;
  /** The short name in capitals: another name of the same entry. */
  alias: string;
  firstSlot: number;
  shortSlot: number;
}>;

const MAXIMUM_LONG_SLOTS = 20;

/** What a pass over a directory's slots meets. `return false` from `onEntry` ends the pass. */
export type SlotVisitor = Readonly<{
  onEntry(entry: SlotEntry): boolean;
  /** A volume label, a "." or "..", or a long name slot that belongs to nothing. */
  onOther?(slot: number, kind: 'label' | 'dot' | 'orphan'): void;
}>;

/**
 * Goes through the slots in `slots` and puts entries together; stops at the end mark.
 *
 * @param firstSlot - Number of the first slot in `slots`; where it lies inside an entry, the rest
 * of that entry shows as its short name.
 * @returns The number of the slot with the end mark, or of the one after the last.
 */
export function visitSlots(slots: Buffer, firstSlot: number, visitor: SlotVisitor): number {
  const count = slots.length / ENTRY_BYTES;
  const orphan = (from: number, to: number): void => {
    for (let i = from; i < to; i += 1) visitor.onOther?.(firstSlot + i, 'orphan');
  };
  let longStart = -1;
  for (let i = 0; i < count; i += 1) {
    const at = i * ENTRY_BYTES;
    const first = slots[at] ?? 0;
    if (first === 0 || first === FREE_MARK) {
      if (longStart >= 0) orphan(longStart, i);
      longStart = -1;
      if (first === 0) return firstSlot + i;
      continue;
    }
    const attributes = slots[at + ENTRY.attributes] ?? 0;
    if ((attributes & ATTRIBUTE.longNameMask) === ATTRIBUTE.longName) {
      if ((first & LONG_LAST) !== 0 && longStart >= 0) orphan(longStart, i);
      if ((first & LONG_LAST) !== 0) longStart = i;
      else if (longStart < 0) orphan(i, i + 1);
      continue;
    }
    const long = longStart < 0 ? undefined : readLongName(slots, longStart, i);
    if (long === undefined && longStart >= 0) orphan(longStart, i);
    const start = long === undefined ? i : longStart;
    longStart = -1;
    if ((attributes & ATTRIBUTE.volumeLabel) !== 0 || first === 0x2e) {
      visitor.onOther?.(firstSlot + i, first === 0x2e ? 'dot' : 'label');
      continue;
    }
    const short = slots.subarray(at, at + ENTRY_BYTES);
    const alias = sanitizeName(readShortName(short, 0));
    const shown = long ?? sanitizeName(readShortName(short, short[ENTRY.caseFlags] ?? 0));
    const entry = { name: shown, alias, firstSlot: firstSlot + start, shortSlot: firstSlot + i };
    if (!visitor.onEntry(entry)) return firstSlot + i + 1;
  }
  if (longStart >= 0) orphan(longStart, count);
  return firstSlot + count;
}

/** Returns the long name in slots `start` to `end - 1` if they are whole and belong to `end`. */
function readLongName(slots: Buffer, start: number, end: number): string | undefined {
  const count = end - start;
  if (count > MAXIMUM_LONG_SLOTS) return undefined;
  const checksum = shortNameChecksum(slots.subarray(end * ENTRY_BYTES));
  let name = '';
  for (let number = 1; number <= count; number += 1) {
    const at = (end - number) * ENTRY_BYTES;
    const isLast = number === count;
    const sequence = isLast ? number | LONG_LAST : number;
    if (slots[at] !== sequence || slots[at + LONG.checksum] !== checksum) return undefined;
    for (const offset of LONG_UNIT_OFFSETS) {
      const unit = slots.readUInt16LE(at + offset);
      if (unit === 0) break;
      name += String.fromCharCode(unit);
    }
  }
  const isUsable =
    name !== '' && name !== '.' && name !== '..' && name.length <= MAXIMUM_NAME_UNITS;
  return isUsable ? sanitizeName(name) : undefined;
}

/** Returns the slots of an entry: long name slots (none where `longName` is empty), then `short`. */
export function encodeSlots(longName: string, short: Uint8Array): Buffer {
  const longSlots = Math.ceil(longName.length / LONG_UNITS_PER_SLOT);
  const slots = Buffer.alloc((longSlots + 1) * ENTRY_BYTES);
  const checksum = shortNameChecksum(short);
  for (let number = 1; number <= longSlots; number += 1) {
    const at = (longSlots - number) * ENTRY_BYTES;
    slots[at] = number === longSlots ? number | LONG_LAST : number;
    slots[at + LONG.attributes] = ATTRIBUTE.longName;
    slots[at + LONG.checksum] = checksum;
    let unitIndex = (number - 1) * LONG_UNITS_PER_SLOT;
    for (const offset of LONG_UNIT_OFFSETS) {
      const isEnd = unitIndex === longName.length;
      const unit =
        unitIndex < longName.length ? longName.charCodeAt(unitIndex) : isEnd ? 0 : 0xffff;
      slots.writeUInt16LE(unit, at + offset);
      unitIndex += 1;
    }
  }
  slots.set(short.subarray(0, ENTRY_BYTES), longSlots * ENTRY_BYTES);
  return slots;
}
