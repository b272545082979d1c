import {
  CredentialError,
  StateError,
  UnsupportedError,
} from '../../../shared/errors/vault-error.ts';
import { type HeaderDevice, withHeaderLock } from '../header-storage.ts';
import type { Keyslot } from '../metadata-model.ts';
import type { LoadedHeader } from '../read-luks2.ts';
import { updateHeader } from '../update-header.ts';
import { assertWritable } from '../write-header.ts';
import { finishWipes, keyslotsAreaOf } from './finish-wipes.ts';
import { overwriteWithRandom } from './key-areas.ts';
import { withoutKeyslot, withoutTokens } from './key-metadata.ts';
import { findWipes } from './key-token.ts';

/**
 * Destroys one keyslot: its area is overwritten with random bytes and synced, then the header
 * forgets it. A cut in between leaves a keyslot that opens with nothing; the others are untouched.
 *
 * @param options - `mayBeLast`: whether the last keyslot that opens the volume may go too.
 * @throws CredentialError `keyslot-inactive`; StateError `last-keyslot`; `header-changed`
 * @throws UnsupportedError `keyslot-type-unsupported` for one that is no passphrase's.
 */
export function removeKeyslot(
  device: HeaderDevice,
  loaded: LoadedHeader,
  keyslotId: number,
  options: Readonly<{ mayBeLast: boolean }>,
): LoadedHeader {
  const keyslot = loaded.header.metadata.keyslots.get(keyslotId);
  if (keyslot === undefined) throw new CredentialError('keyslot-inactive', { keyslotId });
  assertRemovable(keyslot);
  if (!options.mayBeLast && isLastKeyslot(loaded, keyslotId))
    throw new StateError('last-keyslot', { keyslotId });
  const clean = finishWipes(device, loaded);
  withHeaderLock(device, 'exclusive', () => {
    assertWritable(device, clean);
    overwriteWithRandom(device, keyslot.area);
  });
  return updateHeader(device, clean, { root: withoutKeyslot(clean.header.metadata, keyslotId) });
}

/** Tells whether no other keyslot opens the volume. */
export function isLastKeyslot({ header }: LoadedHeader, keyslotId: number): boolean {
  const served = [...header.metadata.digests.values()]
    .filter(({ segments }) => segments.length > 0)
    .flatMap(({ keyslots }) => keyslots);
  return served.includes(keyslotId) && served.every((id) => id === keyslotId);
}

/**
 * Destroys every keyslot: the whole keyslots area is overwritten with random bytes and synced, then
 * both header copies. Nothing opens the volume afterwards but a header backup.
 *
 * @throws UnsupportedError `keyslot-type-unsupported`; StateError `header-changed`
 */
export function eraseKeyslots(device: HeaderDevice, loaded: LoadedHeader): LoadedHeader {
  const { keyslots } = loaded.header.metadata;
  for (const keyslot of keyslots.values()) assertRemovable(keyslot);
  withHeaderLock(device, 'exclusive', () => {
    assertWritable(device, loaded);
    overwriteWithRandom(device, keyslotsAreaOf(loaded));
  });
  let { metadata } = loaded.header;
  for (const keyslotId of keyslots.keys()) {
    metadata = { ...metadata, root: withoutKeyslot(metadata, keyslotId) };
  }
  const root = withoutTokens(metadata.root, [...findWipes(metadata).keys()]);
  return updateHeader(device, loaded, { root });
}

function assertRemovable(keyslot: Keyslot): void {
  if (keyslot.type === 'luks2') return;
  throw new UnsupportedError('keyslot-type-unsupported', { keyslotId: keyslot.id });
}
