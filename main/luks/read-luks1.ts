/**
 * Reads and checks the header of a LUKS1 container.
 *
 * Without a checksum, plausibility is all there is: a header whose active keyslots have areas outside
 * the header's own space, or over each other, is refused as a whole; one of which that is so of
 * unused keyslots is listed.
 */

import { DeviceError, FormatError, StateError } from '../../shared/errors/vault-error.ts';
import { AF_STRIPES } from '../crypto/af-splitter.ts';
import { isHashKnown } from '../crypto/hashes.ts';
import { decodeTextField } from './binary-header.ts';
import { type HeaderDevice, withHeaderLock } from './header-storage.ts';
import {
  encodeLuks1Header,
  isActive,
  isParked,
  LUKS1_HEADER_BYTES,
  LUKS1_SECTOR_BYTES,
  type Luks1Header,
  parseLuks1Header,
} from './luks1-header.ts';
import { metadataError } from './metadata-error.ts';

/** The header and its padding: no key area begins before. */
const FIRST_AREA_SECTOR = 8;
const KEY_BYTES_LIMIT = 512;

export type LoadedLuks1 = Readonly<{
  header: Luks1Header;
  /** As they were read, to notice a change. */
  headerBytes: Uint8Array;
}>;

/**
 * Reads the header of a LUKS1 container.
 *
 * @param device - Borrowed. Read only, under the shared header lock where the device has one.
 * @throws FormatError `not-luks`; `metadata-invalid` with the field; `area-overlap`;
 * `container-truncated`
 * @throws UnsupportedError `version-unsupported`
 */
export function readLuks1(device: HeaderDevice): LoadedLuks1 {
  return withHeaderLock(device, 'shared', () => loadLuks1(device));
}

/** As {@link readLuks1}, for a caller that holds the header lock. */
export function loadLuks1(device: HeaderDevice): LoadedLuks1 {
  if (device.sizeBytes < LUKS1_HEADER_BYTES) throw truncated(device, LUKS1_HEADER_BYTES);
  const headerBytes = new Uint8Array(LUKS1_HEADER_BYTES);
  device.readInto(0, headerBytes);
  const header = parseLuks1Header(headerBytes);
  assertPlausible(header);
  const neededBytes = areasEndSectors(header) * LUKS1_SECTOR_BYTES;
  if (device.sizeBytes < neededBytes) throw truncated(device, neededBytes);
  return { header, headerBytes };
}

/** Returns the length of one key area in sectors. */
export function luks1AreaSectors({ keyBytes }: Luks1Header): number {
  return Math.ceil((keyBytes * AF_STRIPES) / LUKS1_SECTOR_BYTES);
}

/** @throws StateError `header-changed` where the container no longer holds what was loaded. */
export function assertSameLuks1(current: LoadedLuks1, expected: LoadedLuks1): void {
  if (Buffer.compare(current.headerBytes, expected.headerBytes) !== 0)
    throw new StateError('header-changed');
}

/**
 * Writes a changed header and returns it as read back. Its 592 bytes lie in two sectors of 512: a
 * change that must be atomic keeps to one of them, or orders the two itself.
 *
 * @throws StateError `header-changed` where the container no longer holds `loaded`.
 * @throws FormatError `metadata-invalid`; `area-overlap` where the new one is not plausible.
 * @throws DeviceError `read-only`
 */
export function updateLuks1(
  device: HeaderDevice,
  loaded: LoadedLuks1,
  header: Luks1Header,
): LoadedLuks1 {
  if (device.isReadOnly) throw new DeviceError('read-only');
  return withHeaderLock(device, 'exclusive', () => {
    assertSameLuks1(loadLuks1(device), loaded);
    assertPlausible(header);
    device.writeFrom(0, encodeLuks1Header(header));
    device.flush();
    return loadLuks1(device);
  });
}

function assertPlausible(header: Luks1Header): void {
  if (!isHashKnown(decodeTextField(header.hashName)))
    throw metadataError('hash-spec', 'hash-unknown');
  if (header.keyBytes < 1 || header.keyBytes > KEY_BYTES_LIMIT)
    throw metadataError('key-bytes', 'key-size-unsupported');
  const { payloadOffsetSectors } = header;
  header.keyslots.forEach(({ stripes, areaOffsetSectors }, id) => {
    if (stripes !== AF_STRIPES)
      throw metadataError(`keyslots.${id}.stripes`, 'stripes-unsupported');
    const isInside =
      areaOffsetSectors >= FIRST_AREA_SECTOR &&
      (payloadOffsetSectors === 0 || areaOffsetSectors < payloadOffsetSectors);
    if (!isInside) throw metadataError(`keyslots.${id}.key-material-offset`, 'outside-header');
  });
  assertAreas(header);
}

function assertAreas(header: Luks1Header): void {
  const starts = header.keyslots.map(({ areaOffsetSectors }) => areaOffsetSectors);
  const twin = starts.findIndex((start, id) => starts.indexOf(start) !== id);
  if (twin !== -1) throw new FormatError('area-overlap', { keyslotId: twin });
  assertApart(header, (id) => isActive(header.keyslots[id]));
}

/**
 * Makes sure that no keyslot's area lies over another's or the data, whether it is in use or not, as
 * the reference does for every look. Here such a header is listed, and opens nothing. Only a keyslot
 * that a conversion of ours has parked is let off.
 *
 * @throws FormatError `area-overlap`; `metadata-invalid`
 */
export function assertLuks1Areas(header: Luks1Header): void {
  assertApart(header, (id) => !isParked(header.keyslots[id], id));
}

function assertApart(header: Luks1Header, isMeant: (keyslotId: number) => boolean): void {
  const lengthSectors = luks1AreaSectors(header);
  const isDetached = header.payloadOffsetSectors === 0;
  const areas = header.keyslots
    .map(({ areaOffsetSectors }, id) => ({ id, start: areaOffsetSectors }))
    .filter(({ id }) => isMeant(id))
    .toSorted((a, b) => a.start - b.start);
  let previousEnd = FIRST_AREA_SECTOR;
  for (const { id, start } of areas) {
    const end = start + lengthSectors;
    if (!isDetached && end > header.payloadOffsetSectors)
      throw metadataError(`keyslots.${id}.key-material-offset`, 'outside-header');
    if (start < previousEnd) throw new FormatError('area-overlap', { keyslotId: id });
    previousEnd = end;
  }
}

function areasEndSectors(header: Luks1Header): number {
  const starts = header.keyslots.map(({ areaOffsetSectors }) => areaOffsetSectors);
  return Math.max(...starts) + luks1AreaSectors(header);
}

function truncated(device: HeaderDevice, neededBytes: number): FormatError {
  return new FormatError('container-truncated', { containerBytes: device.sizeBytes, neededBytes });
}
