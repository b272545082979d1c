import { UnsupportedError } from '../../shared/errors/vault-error.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { assertActivatable, SERVED_KEY_BYTES } from './assert-activatable.ts';
import { decodeTextField } from './binary-header.ts';
import { canonicalUuid } from './display-uuid.ts';
import type { HeaderDevice } from './header-storage.ts';
import { openKeyslots } from './open-keyslot.ts';
import { assertSameHeader, type LoadedHeader, readLuks2 } from './read-luks2.ts';
import { UnlockedVolume } from './unlocked-volume.ts';

/**
 * Unlocks the volume of a container with a passphrase.
 *
 * Whether the volume may be served is checked first; a key whose digest was not verified is never
 * returned.
 *
 * @param device - Borrowed: the container.
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
  options: Readonly<{ keyslotId?: number }> = {},
): Promise<UnlockedVolume> {
  const segment = assertActivatable(loaded, device.sizeBytes);
  const { binary, metadata } = loaded.header;
  const { keyslotId, volumeKey } = await openKeyslots(device, metadata, passphrase, {
    ...options,
    assertUsable: ({ keyBytes }) => {
      if (!SERVED_KEY_BYTES.includes(keyBytes)) {
        throw new UnsupportedError('cipher-unsupported', { where: 'segment', keyBytes });
      }
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
