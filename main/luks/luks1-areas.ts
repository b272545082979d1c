/**
 * Where the key areas of a LUKS1 header lie, and how they are moved: an area is copied to where no
 * other lies, and then one sector of the header is written that points at the copy. Keyslots that are
 * not in use have places too, which no two may share; they are parked while areas move.
 */

import { randomFillSync } from 'node:crypto';
import type { BlockDevice } from '../block/block-device.ts';
import {
  encodeLuks1Header,
  isActive,
  LUKS1_HEADER_BYTES,
  LUKS1_PARKING_SECTORS,
  LUKS1_SECTOR_BYTES,
  type Luks1Header,
} from './luks1-header.ts';
import { luks1AreaSectors } from './read-luks1.ts';

/** Key areas begin at multiples of this. */
export const AREA_UNIT_SECTORS = 8;

/** Returns where the space for key areas ends: at the data, or where a detached header ends. */
export function areaLimitSectors(header: Luks1Header, deviceBytes: number): number {
  return header.payloadOffsetSectors > 0
    ? header.payloadOffsetSectors
    : Math.floor(deviceBytes / LUKS1_SECTOR_BYTES);
}

/** Returns the distance from one key area to the next. */
export function areaSpacing(lengthSectors: number): number {
  return Math.ceil(lengthSectors / AREA_UNIT_SECTORS) * AREA_UNIT_SECTORS;
}

/** Tells whether an area that began there would touch none of the keyslots in use. */
export function isFree(header: Luks1Header, startSectors: number): boolean {
  const length = luks1AreaSectors(header);
  return header.keyslots
    .filter(isActive)
    .every(
      ({ areaOffsetSectors: other }) =>
        startSectors + length <= other || other + length <= startSectors,
    );
}

/** Returns the header with another place for one keyslot's area. */
export function withAreaOffset(
  header: Luks1Header,
  keyslotId: number,
  areaOffsetSectors: number,
): Luks1Header {
  const keyslots = header.keyslots.map((keyslot, id) =>
    id === keyslotId ? { ...keyslot, areaOffsetSectors } : keyslot,
  );
  return { ...header, keyslots };
}

/** Puts the keyslots that are not in use where no area will ever begin. */
export function parkUnused(device: BlockDevice, header: Luks1Header): Luks1Header {
  const keyslots = header.keyslots.map((keyslot, id) =>
    isActive(keyslot)
      ? keyslot
      : { ...keyslot, areaOffsetSectors: LUKS1_PARKING_SECTORS[id] ?? keyslot.areaOffsetSectors },
  );
  const parked = { ...header, keyslots };
  writeInTurn(device, parked);
  return parked;
}

/** Gives the keyslots that are not in use places for key areas again, where there are any. */
export function placeUnused(
  device: BlockDevice,
  header: Luks1Header,
  limitSectors: number,
): Luks1Header {
  const used = new Map(
    header.keyslots.flatMap((keyslot, id): [number, number][] =>
      isActive(keyslot) ? [[id, keyslot.areaOffsetSectors]] : [],
    ),
  );
  const places = placeAll(used, header.keyslots.length, luks1AreaSectors(header), limitSectors);
  if (places === null) return header;
  const keyslots = header.keyslots.map((keyslot, id) => ({
    ...keyslot,
    areaOffsetSectors: places[id] ?? keyslot.areaOffsetSectors,
  }));
  writeInTurn(device, { ...header, keyslots });
  return { ...header, keyslots };
}

/**
 * Moves the area of a keyslot in use to a free place, and overwrites where it was; returns the header
 * as it is then.
 *
 * @param startSectors - A place that no area touches, not even the one that moves.
 */
export function moveArea(
  device: BlockDevice,
  header: Luks1Header,
  keyslotId: number,
  startSectors: number,
): Luks1Header {
  const from = header.keyslots[keyslotId]?.areaOffsetSectors ?? startSectors;
  const area = new Uint8Array(luks1AreaSectors(header) * LUKS1_SECTOR_BYTES);
  device.readInto(from * LUKS1_SECTOR_BYTES, area);
  device.writeFrom(startSectors * LUKS1_SECTOR_BYTES, area);
  device.flush();
  const moved = withAreaOffset(header, keyslotId, startSectors);
  // The place is one field of one keyslot: it lies in one of the two sectors, the other is the same.
  writeInTurn(device, moved);
  // SECURITY: a copy that stayed would survive the removal of its passphrase.
  device.writeFrom(from * LUKS1_SECTOR_BYTES, randomFillSync(area));
  device.flush();
  return moved;
}

/** Writes the second sector of a header, and when it is on stable storage the first one. */
export function writeInTurn(device: BlockDevice, header: Luks1Header): void {
  const bytes = encodeLuks1Header(header);
  device.writeFrom(LUKS1_SECTOR_BYTES, bytes.subarray(LUKS1_SECTOR_BYTES, LUKS1_HEADER_BYTES));
  device.flush();
  device.writeFrom(0, bytes.subarray(0, LUKS1_SECTOR_BYTES));
  device.flush();
}

/**
 * Returns places for all keyslots of a header whose used ones have theirs: the others get what is
 * free before `limitSectors`.
 *
 * @param used - Keyslot to the first sector of its area.
 * @returns `null` where there is no room.
 */
export function placeAll(
  used: ReadonlyMap<number, number>,
  count: number,
  lengthSectors: number,
  limitSectors: number,
): readonly number[] | null {
  const free: number[] = [];
  const wanted = count - used.size;
  let start = AREA_UNIT_SECTORS;
  while (free.length < wanted && start + lengthSectors <= limitSectors) {
    const blocker = blockerOf(used, start, lengthSectors);
    if (blocker === undefined) free.push(start);
    start = (blocker ?? start) + lengthSectors;
    start = Math.ceil(start / AREA_UNIT_SECTORS) * AREA_UNIT_SECTORS;
  }
  if (free.length < wanted) return null;
  return Array.from({ length: count }, (_, id) => used.get(id) ?? free.shift() ?? 0);
}

function blockerOf(
  used: ReadonlyMap<number, number>,
  start: number,
  lengthSectors: number,
): number | undefined {
  return [...used.values()].find(
    (other) => start < other + lengthSectors && other < start + lengthSectors,
  );
}
