/**
 * Adding and changing keys so that no cut leaves the container without one that opens.
 *
 * 1. The new key area goes where nothing else is, and is synced.
 * 2. It is read back from the storage and opened with the new passphrase, by the very metadata that
 *    will describe it.
 * 3. The header is written, one synced copy after the other. At every moment one of them is valid.
 *    Under the header lock it is made sure that nobody has put another key in the same place.
 * 4. Only then is the old area overwritten. That it has to be is noted in the header in step 3, so
 *    that a cut in between cannot leave the old key behind for good: the next write finishes it.
 */

import { createHash } from 'node:crypto';
import {
  DeviceError,
  FormatError,
  StateError,
  VaultError,
} from '../../../shared/errors/vault-error.ts';
import type { KeyLabel } from '../../../shared/model/keys.ts';
import type { SecretBytes } from '../../bytes/secret-bytes.ts';
import type { KdfCost } from '../../crypto/kdf-limits.ts';
import { type HeaderDevice, withHeaderLock } from '../header-storage.ts';
import type { Luks2Keyslot, Metadata } from '../metadata-model.ts';
import { buildKeyslot } from '../new-metadata.ts';
import { openKeyslots } from '../open-keyslot.ts';
import { parseMetadata } from '../parse-metadata.ts';
import type { LoadedHeader } from '../read-luks2.ts';
import type { JsonObject } from '../strict-json.ts';
import { updateHeader } from '../update-header.ts';
import { assertWritable, encodeJsonArea } from '../write-header.ts';
import { finishWipes, keyslotsAreaOf } from './finish-wipes.ts';
import { findFreeArea } from './key-areas.ts';
import { freeId, withKeyLabel, withKeyslot, withPriority, withWipe } from './key-metadata.ts';
import { type ByteRange, findKeyLabel, findWipes } from './key-token.ts';
import { luks2Seal, newKeyslotSalt, sealKeyArea } from './seal-key-area.ts';

/** A key to be stored. `passphrase`: borrowed, unchanged until the operation ends. */
export type NewKey = Readonly<{
  passphrase: SecretBytes;
  cost: KdfCost;
  label: KeyLabel;
}>;

export type StoredKey = Readonly<{ keyslotId: number; loaded: LoadedHeader }>;

/** Called when an operation enters a part of it that takes time. */
export type OnKeyPhase = (phase: 'deriving' | 'syncing') => void;

/**
 * Adds a key in a keyslot of its own.
 *
 * @param existing - Borrowed: a passphrase that opens the volume now.
 * @throws CredentialError `passphrase-wrong`
 * @throws StateError `keyslots-full`; `header-changed`
 * @throws DeviceError `write-unproven` where the new key does not open after it was written; nothing
 * has changed then.
 */
export async function addKey(
  device: HeaderDevice,
  loaded: LoadedHeader,
  keys: Readonly<{ existing: SecretBytes; added: NewKey; onPhase?: OnKeyPhase }>,
): Promise<StoredKey> {
  const clean = finishWipes(device, loaded);
  const { metadata } = clean.header;
  const keyslotId = freeId(metadata.keyslots, 'keyslots');
  keys.onPhase?.('deriving');
  const opened = await openKeyslots(device, metadata, keys.existing, {});
  using volumeKey = opened.volumeKey;
  const digestId = digestOf(metadata, opened.keyslotId);
  const like = requireKeyslot(metadata, opened.keyslotId);
  const written = await writeKeyArea(device, clean, { volumeKey, like }, keys.added);
  const bound = withKeyslot(metadata.root, keyslotId, written.keyslot, digestId);
  const root = withKeyLabel(bound, metadata, keyslotId, keys.added.label);
  await proveKey(device, clean, root, { keyslotId, passphrase: keys.added.passphrase });
  keys.onPhase?.('syncing');
  return { keyslotId, loaded: updateHeader(device, clean, { root, ...written }) };
}

/**
 * Replaces a key by another one. Number, priority and name of the keyslot stay.
 *
 * @param existing - Borrowed: the passphrase that is replaced.
 * @param keyslotId - The keyslot that `existing` has to open; by default whichever it opens.
 * @throws as {@link addKey} does
 */
export async function changeKey(
  device: HeaderDevice,
  loaded: LoadedHeader,
  keys: Readonly<{
    existing: SecretBytes;
    changed: Omit<NewKey, 'label'> & Readonly<{ label: Omit<KeyLabel, 'name'> }>;
    keyslotId?: number;
    onPhase?: OnKeyPhase;
  }>,
): Promise<StoredKey> {
  const clean = finishWipes(device, loaded);
  const { metadata } = clean.header;
  keys.onPhase?.('deriving');
  const choice = keys.keyslotId === undefined ? {} : { keyslotId: keys.keyslotId };
  const { keyslotId, volumeKey } = await openKeyslots(device, metadata, keys.existing, choice);
  using _volumeKey = volumeKey;
  const old = requireKeyslot(metadata, keyslotId);
  const written = await writeKeyArea(device, clean, { volumeKey, like: old }, keys.changed);
  const bound = withKeyslot(
    metadata.root,
    keyslotId,
    written.keyslot,
    digestOf(metadata, keyslotId),
  );
  const prioritised = withPriority(bound, keyslotId, old.priority);
  const label = { ...keys.changed.label, name: findKeyLabel(metadata, keyslotId).name };
  const labelled = withKeyLabel(prioritised, metadata, keyslotId, label);
  await proveKey(device, clean, labelled, { keyslotId, passphrase: keys.changed.passphrase });
  keys.onPhase?.('syncing');
  const current = parseRoot(labelled, clean);
  const root = withWipe(labelled, freeId(current.tokens, 'tokens'), old.area);
  return {
    keyslotId,
    loaded: finishWipes(device, updateHeader(device, clean, { root, ...written })),
  };
}

/**
 * Seals the volume key into a free area, syncs it, and returns the keyslot that describes it.
 *
 * @param opened - The volume key, and the keyslot that gave it: the new area is in the same cipher,
 * by which an old container of a weaker one is known to be meant so.
 */
async function writeKeyArea(
  device: HeaderDevice,
  loaded: LoadedHeader,
  { volumeKey, like }: Readonly<{ volumeKey: SecretBytes; like: Luks2Keyslot }>,
  { passphrase, cost }: Pick<NewKey, 'passphrase' | 'cost'>,
): Promise<Readonly<{ keyslot: JsonObject; assertStill: () => void }>> {
  const { metadata } = loaded.header;
  const keyBytes = volumeKey.lengthBytes;
  const seal = luks2Seal(keyBytes, like.area.encryption, like.area.keyBytes);
  const area = findFreeArea(keyslotsAreaOf(loaded), takenAreas(metadata), seal.areaBytes);
  const kdf = { ...cost, salt: newKeyslotSalt() };
  using sealed = await sealKeyArea(volumeKey, kdf, passphrase, seal);
  withHeaderLock(device, 'exclusive', () => {
    assertWritable(device, loaded);
    device.writeFrom(area.offsetBytes, sealed.bytes);
    device.flush();
  });
  const written = createHash('sha256').update(sealed.bytes).digest();
  const assertStill = () => {
    const present = new Uint8Array(area.sizeBytes);
    device.readInto(area.offsetBytes, present);
    if (!createHash('sha256').update(present).digest().equals(written))
      throw new StateError('header-changed');
  };
  const keyslot = buildKeyslot({ ...seal, keyBytes, kdf, area });
  return { keyslot, assertStill };
}

/** Opens the new keyslot from the storage, by the metadata that are about to be written. */
async function proveKey(
  device: HeaderDevice,
  loaded: LoadedHeader,
  root: JsonObject,
  { keyslotId, passphrase }: Readonly<{ keyslotId: number; passphrase: SecretBytes }>,
): Promise<void> {
  const next = parseRoot(root, loaded);
  const { area } = requireKeyslot(next, keyslotId);
  device.forgetCached?.(area.offsetBytes, area.sizeBytes);
  try {
    const { volumeKey } = await openKeyslots(device, next, passphrase, { keyslotId });
    volumeKey[Symbol.dispose]();
  } catch (error) {
    const isUnproven = error instanceof VaultError && error.code === 'passphrase-wrong';
    if (!isUnproven) throw error;
    throw new DeviceError('write-unproven', { keyslotId, offsetBytes: area.offsetBytes }, error);
  }
}

function parseRoot(root: JsonObject, { header }: LoadedHeader): Metadata {
  const { headerBytes } = header.binary;
  return parseMetadata(encodeJsonArea(root, headerBytes), headerBytes);
}

function takenAreas(metadata: Metadata): readonly ByteRange[] {
  const wipes = [...findWipes(metadata).values()].filter((range) => range !== null);
  return [...[...metadata.keyslots.values()].map(({ area }) => area), ...wipes];
}

function requireKeyslot(metadata: Metadata, keyslotId: number): Luks2Keyslot {
  const keyslot = metadata.keyslots.get(keyslotId);
  if (keyslot?.type !== 'luks2')
    throw new FormatError('metadata-invalid', { path: `keyslots.${keyslotId}`, reason: 'missing' });
  return keyslot;
}

function digestOf(metadata: Metadata, keyslotId: number): number {
  const digest = [...metadata.digests.values()].find(({ keyslots }) =>
    keyslots.includes(keyslotId),
  );
  if (digest === undefined)
    throw new FormatError('digest-invalid', { keyslotId, reason: 'missing' });
  return digest.id;
}
