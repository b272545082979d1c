/**
 * Header backups of LUKS1: the bytes from the start of the container to the end of its last key
 * area, filled up to whole pages, as `cryptsetup luksHeaderBackup` writes them.
 *
 * A restore goes keyslot by keyslot: one is taken out of use, gets its area, and comes into use with
 * what the backup says of it. Keyslots that are not in use now come first, so that a key of the
 * backup opens before a present one goes; where there is no such keyslot, a copy of the first one is
 * put into a spare keyslot until the end. So at every moment a key of now or of then opens.
 */

import { FormatError, VaultError } from '../../../shared/errors/vault-error.ts';
import type { KeyslotChange, RestorePreview } from '../../../shared/model/header-care.ts';
import type { BlockDevice } from '../../block/block-device.ts';
import { decodeTextField } from '../binary-header.ts';
import { displayUuid } from '../display-uuid.ts';
import { type HeaderDevice, withHeaderLock } from '../header-storage.ts';
import { writeInTurn } from '../luks1-areas.ts';
import {
  isActive,
  LUKS1_HEADER_BYTES,
  LUKS1_KEYSLOT_STATES,
  LUKS1_SECTOR_BYTES,
  type Luks1Header,
  type Luks1Keyslot,
} from '../luks1-header.ts';
import { luks1Segment } from '../luks1-segment.ts';
import { assertSameLuks1, type LoadedLuks1, loadLuks1, luks1AreaSectors } from '../read-luks1.ts';
import { overwriteWithRandom } from './key-areas.ts';

const PAGE_BYTES = 4096;

/** A backup: its header, and the whole of it. */
export type Luks1Backup = Readonly<{ loaded: LoadedLuks1; region: Uint8Array }>;

/** Returns the bytes that a backup of this header holds. */
export function luks1RegionBytes({ header }: LoadedLuks1): number {
  const lastSectors = Math.max(...header.keyslots.map((keyslot) => keyslot.areaOffsetSectors));
  const endBytes = (lastSectors + luks1AreaSectors(header)) * LUKS1_SECTOR_BYTES;
  return Math.ceil(endBytes / PAGE_BYTES) * PAGE_BYTES;
}

/** Returns a header with its key areas, as a backup holds it. The key areas are encrypted. */
export function readLuks1Region(device: BlockDevice, loaded: LoadedLuks1): Uint8Array {
  const region = new Uint8Array(luks1RegionBytes(loaded));
  const endBytes = lastAreaEndBytes(loaded);
  device.readInto(0, region.subarray(0, endBytes));
  const [first] = loaded.header.keyslots;
  // What lies there is nobody's, and may look like another format.
  if (first !== undefined && first.areaOffsetSectors * LUKS1_SECTOR_BYTES === PAGE_BYTES)
    region.fill(0, LUKS1_HEADER_BYTES, PAGE_BYTES);
  return region;
}

function lastAreaEndBytes({ header }: LoadedLuks1): number {
  const lastSectors = Math.max(...header.keyslots.map((keyslot) => keyslot.areaOffsetSectors));
  return (lastSectors + luks1AreaSectors(header)) * LUKS1_SECTOR_BYTES;
}

/**
 * Tells what restoring a backup would change, and refuses one that is of another container.
 *
 * @param current - What the container holds now; `null` where that cannot be read.
 * @throws FormatError `backup-mismatch` with what differs.
 */
export function compareLuks1(
  current: LoadedLuks1 | null,
  backup: LoadedLuks1,
  containerBytes: number,
): RestorePreview {
  assertDataInside(backup.header, containerBytes);
  if (current !== null) assertSameContainer(current.header, backup.header);
  return {
    uuid: uuidOf(backup),
    isVerified: current !== null && isSameVolume(current.header, backup.header),
    seqidNow: null,
    seqidThen: null,
    labelNow: current === null ? null : '',
    labelThen: '',
    keyslots: changes(current?.header ?? null, backup.header),
  };
}

function assertDataInside(header: Luks1Header, containerBytes: number): void {
  const isDetached = header.payloadOffsetSectors === 0;
  try {
    luks1Segment(header, { sizeBytes: containerBytes, isDetached });
  } catch (error) {
    const isCut = error instanceof VaultError && error.code === 'container-truncated';
    if (isCut) throw mismatch('container-size');
  }
}

/** Without a checksum a damaged header can be read, too: only what makes it another's is refused. */
function assertSameContainer(now: Luks1Header, then: Luks1Header): void {
  if (Buffer.compare(now.uuid, then.uuid) !== 0) throw mismatch('uuid');
  const isSamePlace =
    now.payloadOffsetSectors === then.payloadOffsetSectors && now.keyBytes === then.keyBytes;
  if (!isSamePlace) throw mismatch('segment');
}

/** Tells whether both are of one volume key, by its digest, with key areas at the same places. */
function isSameVolume(now: Luks1Header, then: Luks1Header): boolean {
  const placesOf = ({ keyslots }: Pick<Luks1Header, 'keyslots'>) =>
    keyslots.map(({ areaOffsetSectors }) => areaOffsetSectors).join(' ');
  const textOf = ({ digest, digestSalt, digestIterations, ...header }: Luks1Header) =>
    Buffer.concat([
      ...[digest, digestSalt, header.cipherName, header.cipherMode, header.hashName],
      Buffer.from(`${digestIterations} ${placesOf(header)}`),
    ]);
  return textOf(now).equals(textOf(then));
}

function mismatch(what: string): FormatError {
  return new FormatError('backup-mismatch', { what });
}

function changes(now: Luks1Header | null, then: Luks1Header): readonly KeyslotChange[] {
  return then.keyslots.flatMap((keyslot, keyslotId) => {
    const change = changeOf(now?.keyslots[keyslotId], keyslot);
    return change === null ? [] : [{ keyslotId, change, nameNow: '', nameThen: '' }];
  });
}

/** `null`: in use neither now nor then. */
function changeOf(
  now: Luks1Keyslot | undefined,
  then: Luks1Keyslot | undefined,
): KeyslotChange['change'] | null {
  const isNow = now !== undefined && isActive(now);
  if (then === undefined || !isActive(then)) return isNow ? 'goes' : null;
  if (!isNow) return 'returns';
  return Buffer.compare(now.salt, then.salt) === 0 ? 'same' : 'replaced';
}

function uuidOf({ header }: LoadedLuks1): string {
  return displayUuid(decodeTextField(header.uuid));
}

/**
 * Puts a backup in the place of a container's header. The caller has compared the two, and has kept
 * what is replaced.
 *
 * @param current - What the container holds now; `null` where that cannot be read.
 * @throws StateError `header-changed`; DeviceError; FormatError `backup-mismatch`
 */
export function restoreLuks1(
  device: HeaderDevice,
  current: LoadedLuks1 | null,
  backup: Luks1Backup,
): LoadedLuks1 {
  if (lastAreaEndBytes(backup.loaded) > device.sizeBytes) throw mismatch('container-size');
  return withHeaderLock(device, 'exclusive', () => {
    if (current !== null) {
      assertSameLuks1(loadLuks1(device), current);
      if (isSameVolume(current.header, backup.loaded.header))
        restoreKeyslots(device, current.header, backup);
    }
    for (const keyslotId of backup.loaded.header.keyslots.keys())
      writeArea(device, backup, keyslotId);
    device.flush();
    writeInTurn(device, backup.loaded.header);
    return loadLuks1(device);
  });
}

/** Makes every keyslot as it is in the backup, one after the other. */
function restoreKeyslots(device: HeaderDevice, before: Luks1Header, backup: Luks1Backup): void {
  const then = backup.loaded.header;
  const steps = new KeyslotSteps(device, before, backup);
  const idsOf = (change: KeyslotChange['change']) =>
    [...then.keyslots.keys()].filter(
      (id) => changeOf(before.keyslots[id], then.keyslots[id]) === change,
    );
  const [returning, replaced] = [idsOf('returns'), idsOf('replaced')];
  const [firstId] = replaced;
  const spareId = before.keyslots.findIndex((keyslot) => !isActive(keyslot));
  const isSpareNeeded = returning.length === 0 && firstId !== undefined && spareId !== -1;
  if (isSpareNeeded) steps.put(spareId, firstId);
  for (const id of [...returning, ...replaced]) steps.put(id, id);
  for (const id of [...idsOf('goes'), ...(isSpareNeeded ? [spareId] : [])]) steps.remove(id);
}

/** Changes of single keyslots, with the header as each leaves it. */
class KeyslotSteps {
  readonly #device: HeaderDevice;
  readonly #backup: Luks1Backup;
  #header: Luks1Header;

  constructor(device: HeaderDevice, header: Luks1Header, backup: Luks1Backup) {
    this.#device = device;
    this.#header = header;
    this.#backup = backup;
  }

  /** Gives a keyslot the key that another one, or itself, has in the backup. */
  put(keyslotId: number, sourceId: number): void {
    const present = this.#header.keyslots[keyslotId];
    const source = this.#backup.loaded.header.keyslots[sourceId];
    if (present === undefined || source === undefined) return;
    if (isActive(present)) this.#write(keyslotId, { ...present, stateWord: INACTIVE });
    writeArea(this.#device, this.#backup, sourceId, keyslotId);
    this.#device.flush();
    const { areaOffsetSectors } = present;
    this.#write(keyslotId, { ...source, areaOffsetSectors });
  }

  /** SECURITY: a key that the backup does not have must not outlive its keyslot. */
  remove(keyslotId: number): void {
    overwriteWithRandom(this.#device, areaOf(this.#header, keyslotId));
    const keyslot = this.#backup.loaded.header.keyslots[keyslotId];
    if (keyslot !== undefined) this.#write(keyslotId, keyslot);
  }

  #write(keyslotId: number, keyslot: Luks1Keyslot): void {
    const keyslots = this.#header.keyslots.with(keyslotId, keyslot);
    this.#header = { ...this.#header, keyslots };
    writeInTurn(this.#device, this.#header);
  }
}

const INACTIVE = LUKS1_KEYSLOT_STATES.inactive;

/** Writes the key area of a keyslot of the backup where it, or another keyslot, has its own. */
function writeArea(
  device: BlockDevice,
  { loaded, region }: Luks1Backup,
  sourceId: number,
  keyslotId = sourceId,
): void {
  const from = areaOf(loaded.header, sourceId);
  const bytes = region.slice(from.offsetBytes, from.offsetBytes + from.sizeBytes);
  device.writeFrom(areaOf(loaded.header, keyslotId).offsetBytes, bytes);
}

function areaOf(header: Luks1Header, keyslotId: number) {
  const offsetBytes = (header.keyslots[keyslotId]?.areaOffsetSectors ?? 0) * LUKS1_SECTOR_BYTES;
  return { offsetBytes, sizeBytes: luks1AreaSectors(header) * LUKS1_SECTOR_BYTES };
}
