/**
 * Header backups: the bytes from the start of the container to the end of its keyslots area, as
 * `cryptsetup luksHeaderBackup` writes them.
 *
 * Restoring goes in an order that leaves the old or the new header usable at every moment:
 *
 * 1. Key areas of the backup go where the present header has none. One whose place is taken by a
 *    present key moves to a free place, and the restored metadata say so.
 * 2. The header copies are written, one synced before the other. Whichever has the higher seqid
 *    counts in between, and both have all of their areas.
 * 3. What is left of the keyslots area becomes as it is in the backup, so that no key of the
 *    present header outlives its keyslot.
 */

import { FormatError } from '../../../shared/errors/vault-error.ts';
import type { BlockDevice } from '../../block/block-device.ts';
import { assertNoRequirements } from '../assert-activatable.ts';
import { type HeaderDevice, withHeaderLock } from '../header-storage.ts';
import type { Metadata } from '../metadata-model.ts';
import { type LoadedHeader, loadHeader } from '../read-luks2.ts';
import type { JsonObject } from '../strict-json.ts';
import { assertWritable, encodeJsonArea, writeHeaderCopies } from '../write-header.ts';
import { keyslotsAreaOf } from './finish-wipes.ts';
import { findFreeArea, freeRanges, overlap, overwriteWithRandom } from './key-areas.ts';
import { withAreaOffset } from './key-metadata.ts';
import type { ByteRange } from './key-token.ts';

/** Returns the bytes that a backup of this header holds. */
export function headerRegionBytes(loaded: LoadedHeader): number {
  const { offsetBytes, sizeBytes } = keyslotsAreaOf(loaded);
  return offsetBytes + sizeBytes;
}

/** Returns a header with its key areas, as a backup holds it. The key areas are encrypted. */
export function readHeaderRegion(device: BlockDevice, loaded: LoadedHeader): Uint8Array {
  const region = new Uint8Array(headerRegionBytes(loaded));
  device.readInto(0, region);
  return region;
}

/** A key area of the backup and where it goes. */
type Placement = Readonly<{ keyslotId: number; from: ByteRange; to: ByteRange }>;

/**
 * Puts a backup in the place of a container's header. The caller has compared the two, and has kept
 * what is replaced.
 *
 * @param current - What the container holds now; `null` where that cannot be read.
 * @param backup - The backup's header and its whole region.
 * @throws StateError `header-changed`; DeviceError; FormatError `backup-mismatch`
 */
export function restoreHeader(
  device: HeaderDevice,
  current: LoadedHeader | null,
  backup: Readonly<{ loaded: LoadedHeader; region: Uint8Array }>,
): LoadedHeader {
  const { loaded, region } = backup;
  if (region.length > device.sizeBytes)
    throw new FormatError('backup-mismatch', { what: 'container-size' });
  return withHeaderLock(device, 'exclusive', () => {
    assertNoRequirements(loaded);
    if (current !== null) assertWritable(device, current);
    const placements = placeAreas(current, loaded);
    for (const { from, to } of placements) {
      device.writeFrom(to.offsetBytes, region.slice(from.offsetBytes, endOf(from)));
    }
    device.flush();
    writeCopies(device, current, backup, placements);
    writeRest(device, backup, placements);
    return loadHeader(device);
  });
}

/** Byte for byte as in the backup, unless something of it is damaged or had to move. */
function writeCopies(
  device: HeaderDevice,
  current: LoadedHeader | null,
  { loaded, region }: Readonly<{ loaded: LoadedHeader; region: Uint8Array }>,
  placements: readonly Placement[],
): void {
  // The copy that is not good goes first, so that the good one lives until then.
  const isPrimaryFirst = current === null || current.secondary.state === 'ok';
  const order = isPrimaryFirst
    ? (['primary', 'secondary'] as const)
    : (['secondary', 'primary'] as const);
  const { binary, metadata } = loaded.header;
  if (!placements.some(hasMoved) && loaded.repairs.length === 0) {
    for (const copy of order) {
      const offsetBytes = copy === 'primary' ? 0 : binary.headerBytes;
      device.writeFrom(offsetBytes, region.slice(offsetBytes, offsetBytes + binary.headerBytes));
      device.flush();
    }
    return;
  }
  const jsonArea = encodeJsonArea(movedRoot(metadata, placements), binary.headerBytes);
  writeHeaderCopies(device, binary, jsonArea, order);
}

function hasMoved({ from, to }: Placement): boolean {
  return from.offsetBytes !== to.offsetBytes;
}

/** Decides for each area of the backup whether it can have its own place. */
function placeAreas(current: LoadedHeader | null, backup: LoadedHeader): readonly Placement[] {
  const present = current === null ? [] : areasOf(current.header.metadata);
  const wanted = areasOf(backup.header.metadata);
  const taken: ByteRange[] = [...present, ...wanted];
  return [...backup.header.metadata.keyslots.values()].map(({ id, area }) => {
    const isFree = present.every((other) => overlap(area, other).sizeBytes <= 0);
    if (isFree || isSameKey(current, backup, id)) return { keyslotId: id, from: area, to: area };
    const to = findFreeArea(keyslotsAreaOf(backup), taken, area.sizeBytes);
    taken.push(to);
    return { keyslotId: id, from: area, to };
  });
}

/** The same keyslot in both: its area holds the same key, so that writing it again harms nobody. */
function isSameKey(current: LoadedHeader | null, backup: LoadedHeader, keyslotId: number): boolean {
  const text = (loaded: LoadedHeader | null) => {
    const keyslot = loaded?.header.metadata.keyslots.get(keyslotId);
    return keyslot?.type === 'luks2' ? JSON.stringify([keyslot.area, keyslot.kdf]) : null;
  };
  return text(current) !== null && text(current) === text(backup);
}

function movedRoot(metadata: Metadata, placements: readonly Placement[]): JsonObject {
  return placements
    .filter(hasMoved)
    .reduce((root, { keyslotId, to }) => withAreaOffset(root, keyslotId, to), metadata.root);
}

/** Everything of the keyslots area that no restored key uses. */
function writeRest(
  device: BlockDevice,
  { loaded, region }: Readonly<{ loaded: LoadedHeader; region: Uint8Array }>,
  placements: readonly Placement[],
): void {
  const used = placements.map(({ to }) => to);
  for (const rest of freeRanges(keyslotsAreaOf(loaded), used)) {
    device.writeFrom(rest.offsetBytes, region.slice(rest.offsetBytes, endOf(rest)));
  }
  device.flush();
  // A key area that moved must not lie in its old place too, where nobody would ever destroy it.
  for (const { from } of placements.filter(hasMoved)) {
    for (const rest of freeRanges(from, used)) overwriteWithRandom(device, rest);
  }
}

function areasOf(metadata: Metadata): readonly ByteRange[] {
  return [...metadata.keyslots.values()].map(({ area }) => area);
}

function endOf({ offsetBytes, sizeBytes }: ByteRange): number {
  return offsetBytes + sizeBytes;
}
