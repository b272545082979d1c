/**
 * Keys of a LUKS1 container, changed so that no cut leaves it without one that opens.
 *
 * There is one header, without a copy: its 592 bytes lie in two sectors, of which a change of one
 * keyslot touches one, or both in an order that keeps the keyslot unused until all of it is there.
 * Its key areas have fixed places, so a key is never changed where it lies: the new one goes into a
 * free keyslot, is proven, and then the old keyslot is destroyed. A cut in between leaves both.
 */

import {
  CredentialError,
  DeviceError,
  StateError,
  VaultError,
} from '../../../shared/errors/vault-error.ts';
import type { SecretBytes } from '../../bytes/secret-bytes.ts';
import { AF_STRIPES } from '../../crypto/af-splitter.ts';
import { findHash, type HashName } from '../../crypto/hashes.ts';
import { decodeTextField } from '../binary-header.ts';
import { type HeaderDevice, withHeaderLock } from '../header-storage.ts';
import { areaLimitSectors, placeUnused, writeInTurn } from '../luks1-areas.ts';
import {
  isActive,
  isParked,
  LUKS1_KEYSLOT_STATES,
  LUKS1_SECTOR_BYTES,
  type Luks1Header,
  type Luks1Keyslot,
} from '../luks1-header.ts';
import { luks1Candidates, luks1Encryption } from '../luks1-keyslots.ts';
import { openFirst } from '../open-keyslot.ts';
import { assertSameLuks1, type LoadedLuks1, loadLuks1, luks1AreaSectors } from '../read-luks1.ts';
import { overwriteWithRandom } from './key-areas.ts';
import type { ByteRange } from './key-token.ts';
import { newKeyslotSalt, sealKeyArea } from './seal-key-area.ts';
import type { OnKeyPhase } from './store-key.ts';

const NO_SALT = new Uint8Array(32);

/** A key to be stored. `passphrase`: borrowed, unchanged until the operation ends. */
export type NewLuks1Key = Readonly<{ passphrase: SecretBytes; iterations: number }>;

export type StoredLuks1Key = Readonly<{ keyslotId: number; loaded: LoadedLuks1 }>;

/**
 * Adds a key in a keyslot of its own.
 *
 * @param existing - Borrowed: a passphrase that opens the volume now.
 * @throws CredentialError `passphrase-wrong`
 * @throws StateError `keyslots-full`; `header-changed`
 * @throws DeviceError `write-unproven` where the new key does not open after it was written; nothing
 * has changed then.
 */
export async function addLuks1Key(
  device: HeaderDevice,
  loaded: LoadedLuks1,
  keys: Readonly<{ existing: SecretBytes; added: NewLuks1Key; onPhase?: OnKeyPhase }>,
): Promise<StoredLuks1Key> {
  const { existing, added, onPhase } = keys;
  const opened = await open(device, loaded.header, existing, onPhase);
  using volumeKey = opened.volumeKey;
  return await store(device, loaded, volumeKey, added, onPhase);
}

/**
 * Replaces a key by another one, in another keyslot.
 *
 * @param existing - Borrowed: the passphrase that is replaced.
 * @param keyslotId - The keyslot that `existing` has to open; by default whichever it opens.
 * @returns The new keyslot.
 * @throws as {@link addLuks1Key} does
 */
export async function changeLuks1Key(
  device: HeaderDevice,
  loaded: LoadedLuks1,
  keys: Readonly<{
    existing: SecretBytes;
    changed: NewLuks1Key;
    keyslotId?: number;
    onPhase?: OnKeyPhase;
  }>,
): Promise<StoredLuks1Key> {
  const { existing, changed, keyslotId, onPhase } = keys;
  const opened = await open(device, loaded.header, existing, onPhase, keyslotId);
  using volumeKey = opened.volumeKey;
  const stored = await store(device, loaded, volumeKey, changed, onPhase);
  return { ...stored, loaded: removeLuks1Key(device, stored.loaded, opened.keyslotId, true) };
}

/**
 * Destroys one keyslot: its area is overwritten with random bytes and synced, then the header
 * forgets it.
 *
 * @param mayBeLast - Whether the last keyslot may go too.
 * @throws CredentialError `keyslot-inactive`; StateError `last-keyslot`; `header-changed`
 */
export function removeLuks1Key(
  device: HeaderDevice,
  loaded: LoadedLuks1,
  keyslotId: number,
  mayBeLast: boolean,
): LoadedLuks1 {
  const keyslot = loaded.header.keyslots[keyslotId];
  if (keyslot === undefined || !isActive(keyslot))
    throw new CredentialError('keyslot-inactive', { keyslotId });
  if (!mayBeLast && isLastLuks1Key(loaded, keyslotId))
    throw new StateError('last-keyslot', { keyslotId });
  return writeUnderLock(device, loaded, () => {
    overwriteWithRandom(device, areaOf(loaded.header, keyslot));
    return withKeyslot(loaded.header, keyslotId, unused(keyslot));
  });
}

/** Tells whether no other keyslot is in use. */
export function isLastLuks1Key({ header }: LoadedLuks1, keyslotId: number): boolean {
  return header.keyslots.every((keyslot, id) => id === keyslotId || !isActive(keyslot));
}

/**
 * Destroys every keyslot: all of their areas are overwritten with random bytes and synced, then the
 * header forgets them. Nothing opens the volume afterwards but a header backup.
 *
 * @returns The keyslots that were in use.
 * @throws StateError `header-changed`
 */
export function eraseLuks1Keys(device: HeaderDevice, loaded: LoadedLuks1): readonly number[] {
  const { header } = loaded;
  writeUnderLock(device, loaded, () => {
    for (const [id, keyslot] of header.keyslots.entries())
      if (!isParked(keyslot, id)) overwriteWithRandom(device, areaOf(header, keyslot));
    return { ...header, keyslots: header.keyslots.map(unused) };
  });
  return header.keyslots.flatMap((keyslot, id) => (isActive(keyslot) ? [id] : []));
}

/** Returns where the stripes of a keyslot lie. */
export function luks1AreaOf(header: Luks1Header, keyslotId: number): ByteRange {
  const keyslot = header.keyslots[keyslotId];
  if (keyslot === undefined) throw new CredentialError('keyslot-inactive', { keyslotId });
  return areaOf(header, keyslot);
}

/** Returns the hash of every derivation and split of a container. */
export function luks1Hash({ header }: LoadedLuks1): HashName | undefined {
  return findHash(decodeTextField(header.hashName));
}

/** Writes a header that was changed under the lock, its second sector before the first. */
export function writeUnderLock(
  device: HeaderDevice,
  loaded: LoadedLuks1,
  change: () => Luks1Header,
): LoadedLuks1 {
  if (device.isReadOnly) throw new DeviceError('read-only');
  return withHeaderLock(device, 'exclusive', () => {
    assertSameLuks1(loadLuks1(device), loaded);
    writeInTurn(device, change());
    return loadLuks1(device);
  });
}

async function open(
  device: HeaderDevice,
  header: Luks1Header,
  passphrase: SecretBytes,
  onPhase?: OnKeyPhase,
  keyslotId?: number,
): Promise<Readonly<{ keyslotId: number; volumeKey: SecretBytes }>> {
  onPhase?.('deriving');
  return await openFirst(device, luks1Candidates(header, { keyslotId }), passphrase, {});
}

/** Seals the volume key into a free keyslot, syncs and proves it, and then puts it into force. */
async function store(
  device: HeaderDevice,
  before: LoadedLuks1,
  volumeKey: SecretBytes,
  { passphrase, iterations }: NewLuks1Key,
  onPhase?: OnKeyPhase,
): Promise<StoredLuks1Key> {
  const loaded = withPlaces(device, before);
  const { header } = loaded;
  const keyslotId = freeKeyslot(header);
  const hash = luks1Hash(loaded) ?? 'sha1'; // a volume key could not have been opened without one
  const salt = newKeyslotSalt();
  const area = luks1AreaOf(header, keyslotId);
  using sealed = await sealKeyArea(
    volumeKey,
    { type: 'pbkdf2', hash, iterations, salt },
    passphrase,
    {
      encryption: luks1Encryption(header),
      areaKeyBytes: header.keyBytes,
      afHash: hash,
      areaBytes: stripesBytes(header),
    },
  );
  const keyslot = {
    stateWord: LUKS1_KEYSLOT_STATES.active,
    iterations,
    salt,
    areaOffsetSectors: area.offsetBytes / LUKS1_SECTOR_BYTES,
    stripes: AF_STRIPES,
  };
  const next = withKeyslot(header, keyslotId, keyslot);
  withHeaderLock(device, 'exclusive', () => {
    assertSameLuks1(loadLuks1(device), loaded);
    device.writeFrom(area.offsetBytes, sealed.bytes);
    device.flush();
  });
  await prove(device, next, keyslotId, passphrase);
  onPhase?.('syncing');
  const written = writeUnderLock(device, loaded, () => {
    const present = new Uint8Array(area.sizeBytes);
    device.readInto(area.offsetBytes, present);
    // Another program that adds a key takes the same keyslot, and writes its area before the header.
    if (Buffer.compare(present, sealed.bytes) !== 0) throw new StateError('header-changed');
    return next;
  });
  return { keyslotId, loaded: written };
}

/** Opens the new keyslot from the storage, by the header that is about to be written. */
async function prove(
  device: HeaderDevice,
  next: Luks1Header,
  keyslotId: number,
  passphrase: SecretBytes,
): Promise<void> {
  const { offsetBytes, sizeBytes } = luks1AreaOf(next, keyslotId);
  device.forgetCached?.(offsetBytes, sizeBytes);
  try {
    const candidates = luks1Candidates(next, { keyslotId, isCostAccepted: true });
    const { volumeKey } = await openFirst(device, candidates, passphrase, { isCostAccepted: true });
    volumeKey[Symbol.dispose]();
  } catch (error) {
    const isUnproven = error instanceof VaultError && error.code === 'passphrase-wrong';
    if (!isUnproven) throw error;
    throw new DeviceError('write-unproven', { keyslotId, offsetBytes }, error);
  }
}

/** Gives keyslots that a cut conversion has left without places for their areas such places again. */
function withPlaces(device: HeaderDevice, loaded: LoadedLuks1): LoadedLuks1 {
  if (!loaded.header.keyslots.some(isParked)) return loaded;
  return placeParked(device, loaded);
}

/** As the conversion itself does at its end. */
export function placeParked(device: HeaderDevice, loaded: LoadedLuks1): LoadedLuks1 {
  return withHeaderLock(device, 'exclusive', () => {
    assertSameLuks1(loadLuks1(device), loaded);
    placeUnused(device, loaded.header, areaLimitSectors(loaded.header, device.sizeBytes));
    return loadLuks1(device);
  });
}

/** @throws StateError `keyslots-full` */
function freeKeyslot({ keyslots }: Luks1Header): number {
  const keyslotId = keyslots.findIndex(
    (keyslot, id) => !isActive(keyslot) && !isParked(keyslot, id),
  );
  if (keyslotId === -1) throw new StateError('keyslots-full', { what: 'keyslots' });
  return keyslotId;
}

function withKeyslot(header: Luks1Header, keyslotId: number, keyslot: Luks1Keyslot): Luks1Header {
  return { ...header, keyslots: header.keyslots.with(keyslotId, keyslot) };
}

/** As the reference leaves a keyslot that it has destroyed. */
function unused(keyslot: Luks1Keyslot): Luks1Keyslot {
  return {
    ...keyslot,
    stateWord: LUKS1_KEYSLOT_STATES.inactive,
    iterations: 0,
    salt: NO_SALT,
  };
}

function stripesBytes(header: Luks1Header): number {
  return luks1AreaSectors(header) * LUKS1_SECTOR_BYTES;
}

function areaOf(header: Luks1Header, { areaOffsetSectors }: Luks1Keyslot): ByteRange {
  const offsetBytes = areaOffsetSectors * LUKS1_SECTOR_BYTES;
  return { offsetBytes, sizeBytes: stripesBytes(header) };
}
