import { randomFillSync } from 'node:crypto';
import { StateError } from '../../../shared/errors/vault-error.ts';
import { MIB } from '../../../shared/units.ts';
import type { BlockDevice } from '../../block/block-device.ts';
import type { ByteRange } from './key-token.ts';

const WIPE_STEP_BYTES = MIB;
const AREA_ALIGNMENT_BYTES = 4096;

/**
 * Returns where a new key area fits: the first free run of the keyslots area.
 *
 * @param taken - Areas that are in use or still hold a retired key.
 * @throws StateError `keyslots-full`
 */
export function findFreeArea(
  keyslotsArea: ByteRange,
  taken: readonly ByteRange[],
  sizeBytes: number,
): ByteRange {
  for (const gap of freeRanges(keyslotsArea, taken)) {
    const offsetBytes = Math.ceil(gap.offsetBytes / AREA_ALIGNMENT_BYTES) * AREA_ALIGNMENT_BYTES;
    const isLargeEnough = offsetBytes + sizeBytes <= gap.offsetBytes + gap.sizeBytes;
    if (isLargeEnough) return { offsetBytes, sizeBytes };
  }
  throw new StateError('keyslots-full', { what: 'area' });
}

/** Returns the runs of `outer` that none of `taken` touches, in order. */
export function freeRanges(outer: ByteRange, taken: readonly ByteRange[]): readonly ByteRange[] {
  const outerEndBytes = outer.offsetBytes + outer.sizeBytes;
  const free: ByteRange[] = [];
  let atBytes = outer.offsetBytes;
  for (const range of taken.toSorted((a, b) => a.offsetBytes - b.offsetBytes)) {
    const endBytes = Math.min(range.offsetBytes, outerEndBytes);
    if (endBytes > atBytes) free.push({ offsetBytes: atBytes, sizeBytes: endBytes - atBytes });
    atBytes = Math.max(atBytes, range.offsetBytes + range.sizeBytes);
  }
  if (outerEndBytes > atBytes)
    free.push({ offsetBytes: atBytes, sizeBytes: outerEndBytes - atBytes });
  return free;
}

/** Returns the part of two ranges that both have; its size may be 0 or less where there is none. */
export function overlap(a: ByteRange, b: ByteRange): ByteRange {
  const offsetBytes = Math.max(a.offsetBytes, b.offsetBytes);
  const endBytes = Math.min(a.offsetBytes + a.sizeBytes, b.offsetBytes + b.sizeBytes);
  return { offsetBytes, sizeBytes: endBytes - offsetBytes };
}

/** Overwrites a range with random bytes and returns when they are on stable storage. */
export function overwriteWithRandom(device: BlockDevice, range: ByteRange): void {
  const endBytes = range.offsetBytes + range.sizeBytes;
  for (let at = range.offsetBytes; at < endBytes; at += WIPE_STEP_BYTES) {
    const bytes = new Uint8Array(Math.min(WIPE_STEP_BYTES, endBytes - at));
    device.writeFrom(at, randomFillSync(bytes));
  }
  device.flush();
}
