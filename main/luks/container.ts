/**
 * A container of either version, as callers see it: read, described, unlocked, repaired by the same
 * functions. What only one version has stays behind `version`.
 */

import { StateError } from '../../shared/errors/vault-error.ts';
import type { ContainerInfo } from '../../shared/model/container-info.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { volumeKeyBytes } from '../crypto/volume-cipher.ts';
import { decodeTextField, hasMagic } from './binary-header.ts';
import { describeHeader } from './describe-header.ts';
import { describeLuks1 } from './describe-luks1.ts';
import { canonicalUuid } from './display-uuid.ts';
import { type HeaderDevice, withHeaderLock } from './header-storage.ts';
import { luks1Candidates } from './luks1-keyslots.ts';
import { luks1Segment } from './luks1-segment.ts';
import { type KeyslotChoice, openFirst } from './open-keyslot.ts';
import { assertSameLuks1, type LoadedLuks1, readLuks1 } from './read-luks1.ts';
import { type LoadedHeader, readLuks2 } from './read-luks2.ts';
import { repairHeaderCopies } from './repair-header-copies.ts';
import { type UnlockOptions, unlockLuks2 } from './unlock-luks2.ts';
import { type DataPlace, UnlockedVolume } from './unlocked-volume.ts';
import { verifyPassphrase } from './verify-passphrase.ts';

/** The header of a container, as it was read. */
export type Container =
  | Readonly<{ version: 1; luks1: LoadedLuks1 }>
  | Readonly<{ version: 2; luks2: LoadedHeader }>;

const VERSION_1 = 1;
const PROBE_BYTES = 8;

/**
 * Reads the header of a container of either version.
 *
 * @param device - Borrowed. Read only, under the shared header lock where the device has one.
 * @throws FormatError, UnsupportedError as `readLuks1` and `readLuks2` do
 */
export function readContainer(device: HeaderDevice): Container {
  return isLuks1(device)
    ? { version: 1, luks1: readLuks1(device) }
    : { version: 2, luks2: readLuks2(device) };
}

function isLuks1(device: HeaderDevice): boolean {
  if (device.sizeBytes < PROBE_BYTES) return false;
  const start = new Uint8Array(PROBE_BYTES);
  withHeaderLock(device, 'shared', () => device.readInto(0, start));
  return hasMagic(start, 'primary') && new DataView(start.buffer).getUint16(6) === VERSION_1;
}

/**
 * Returns what the header says, for people: every text is safe to show.
 *
 * @param containerBytes - Size of what holds the data.
 */
export function describeContainer(container: Container, containerBytes: number): ContainerInfo {
  return container.version === 1
    ? describeLuks1(container.luks1, containerBytes)
    : describeHeader(container.luks2, containerBytes);
}

/**
 * Rewrites header copies that differ from the one that counts; called only when a container is
 * opened for writing. LUKS1 has one copy.
 *
 * @throws StateError, FormatError, DeviceError as `repairHeaderCopies` does
 */
export function repairContainer(device: HeaderDevice, container: Container): Container {
  if (container.version === 1) return container;
  return { version: 2, luks2: repairHeaderCopies(device, container.luks2) };
}

/**
 * Unlocks the volume of a container with a passphrase.
 *
 * Whether the volume may be served is checked first; a key whose digest was not verified is never
 * returned.
 *
 * @param device - Borrowed: the container, or its detached header.
 * @param passphrase - Borrowed: must stay unchanged until the promise settles.
 * @returns The volume. Owned by the caller, who disposes it.
 * @throws CredentialError `passphrase-wrong`; `keyslot-inactive`
 * @throws StateError `header-changed` where the header is no longer the one that was read.
 * @throws FormatError, UnsupportedError where the volume is not to be served.
 */
export async function unlockVolume(
  device: HeaderDevice,
  container: Container,
  passphrase: SecretBytes,
  options: UnlockOptions = {},
): Promise<UnlockedVolume> {
  if (container.version === 2)
    return await unlockLuks2(device, container.luks2, passphrase, options);
  const { luks1 } = container;
  const place: DataPlace = options.place ?? { sizeBytes: device.sizeBytes, isDetached: false };
  const segment = luks1Segment(luks1.header, place);
  const candidates = luks1Candidates(luks1.header, options);
  const { keyslotId, volumeKey } = await openFirst(device, candidates, passphrase, options);
  try {
    assertSameLuks1(readLuks1(device), luks1);
    if (!volumeKeyBytes(segment.cipher).includes(volumeKey.lengthBytes))
      throw new StateError('header-changed');
  } catch (error) {
    volumeKey[Symbol.dispose]();
    throw error;
  }
  const uuid = canonicalUuid(decodeTextField(luks1.header.uuid));
  return new UnlockedVolume(volumeKey, { keyslotId, segment, uuid });
}

/**
 * Tells which keyslot a passphrase opens, without unlocking: also where the data's cipher is not ours.
 *
 * @param passphrase - Borrowed: must stay unchanged until the promise settles.
 * @throws CredentialError `passphrase-wrong`; `keyslot-inactive`
 * @throws FormatError, UnsupportedError where no keyslot can be tried.
 */
export async function verifyContainerPassphrase(
  device: HeaderDevice,
  container: Container,
  passphrase: SecretBytes,
  options: KeyslotChoice = {},
): Promise<Readonly<{ keyslotId: number }>> {
  if (container.version === 2)
    return await verifyPassphrase(device, container.luks2, passphrase, options);
  const candidates = luks1Candidates(container.luks1.header, options);
  const { keyslotId, volumeKey } = await openFirst(device, candidates, passphrase, options);
  volumeKey[Symbol.dispose]();
  return { keyslotId };
}
