import { UnsupportedError } from '../../shared/errors/vault-error.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { volumeKeyBytes } from '../crypto/volume-cipher.ts';
import { assertActivatable } from './assert-activatable.ts';
import { decodeTextField } from './binary-header.ts';
import { canonicalUuid } from './display-uuid.ts';
import type { HeaderDevice } from './header-storage.ts';
import type { Metadata } from './metadata-model.ts';
import { type KeyslotChoice, openKeyslots } from './open-keyslot.ts';
import { assertSameHeader, type LoadedHeader, readLuks2 } from './read-luks2.ts';
import { type DataPlace, UnlockedVolume } from './unlocked-volume.ts';

/** `place`: where the data lie; by default behind the header. */
export type UnlockOptions = KeyslotChoice & Readonly<{ place?: DataPlace | undefined }>;

/** What the reference writes into segments whatever their key areas are in. */
const ANY_AREA_CIPHERS: readonly string[] = ['aes-xts-plain64', 'aes-cbc-essiv:sha256'];

/**
 * Refuses the weaker ciphers of old containers unless the key area is in the same one, as it is in
 * every container that was made with it or converted from LUKS1.
 *
 * SECURITY: nothing ties the segment's cipher to the key. A header that was changed to a cipher with
 * predictable vectors would still open, and what is written from then on would be in it.
 */
function assertNoDowngrade(metadata: Metadata, keyslotId: number): void {
  const encryption = metadata.segments.get(0)?.crypt?.encryption ?? '';
  if (ANY_AREA_CIPHERS.includes(encryption)) return;
  const keyslot = metadata.keyslots.get(keyslotId);
  if (keyslot?.type === 'luks2' && keyslot.area.encryption === encryption) return;
  throw new UnsupportedError('cipher-unsupported', { where: 'segment', reason: 'downgrade' });
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
 * @throws StateError `header-changed` where the header is no longer the one that was loaded.
 * @throws FormatError, UnsupportedError as `assertActivatable` and `openKeyslots` do
 */
export async function unlockLuks2(
  device: HeaderDevice,
  loaded: LoadedHeader,
  passphrase: SecretBytes,
  options: UnlockOptions = {},
): Promise<UnlockedVolume> {
  const place = options.place ?? { sizeBytes: device.sizeBytes, isDetached: false };
  const segment = assertActivatable(loaded, place);
  const { binary, metadata } = loaded.header;
  const { keyslotId, volumeKey } = await openKeyslots(device, metadata, passphrase, {
    ...options,
    mayBeUnbound: false,
    assertUsable: (keyslot) => {
      const { keyBytes } = keyslot;
      if (!volumeKeyBytes(segment.cipher).includes(keyBytes)) {
        throw new UnsupportedError('cipher-unsupported', { where: 'segment', keyBytes });
      }
      assertNoDowngrade(metadata, keyslot.keyslotId);
    },
  });
  try {
    // Deriving takes seconds, in which another program may have changed what was checked before.
    assertSameHeader(readLuks2(device), loaded);
  } catch (error) {
    volumeKey[Symbol.dispose]();
    throw error;
  }
  const uuid = canonicalUuid(decodeTextField(binary.uuid));
  return new UnlockedVolume(volumeKey, { keyslotId, segment, uuid });
}
