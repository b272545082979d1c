import type { BlockDevice } from '../block/block-device.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { assertNoRequirements } from './assert-activatable.ts';
import { type KeyslotChoice, openKeyslots } from './open-keyslot.ts';
import type { LoadedHeader } from './read-luks2.ts';

/**
 * Tells which keyslot a passphrase opens, without unlocking: also where the data's cipher is not ours.
 *
 * @param passphrase - Borrowed: must stay unchanged until the promise settles.
 * @throws CredentialError `passphrase-wrong`; `keyslot-inactive`
 * @throws UnsupportedError `requirement-unknown`; others as `openKeyslots` does
 */
export async function verifyPassphrase(
  device: BlockDevice,
  loaded: LoadedHeader,
  passphrase: SecretBytes,
  options: KeyslotChoice = {},
): Promise<Readonly<{ keyslotId: number }>> {
  assertNoRequirements(loaded);
  const { keyslotId, volumeKey } = await openKeyslots(
    device,
    loaded.header.metadata,
    passphrase,
    options,
  );
  volumeKey[Symbol.dispose]();
  return { keyslotId };
}
