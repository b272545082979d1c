import { type HeaderDevice, withHeaderLock } from '../header-storage.ts';
import type { LoadedHeader } from '../read-luks2.ts';
import { updateHeader } from '../update-header.ts';
import { assertWritable } from '../write-header.ts';
import { freeRanges, overlap, overwriteWithRandom } from './key-areas.ts';
import { withoutTokens } from './key-metadata.ts';
import { type ByteRange, findWipes } from './key-token.ts';

/** Returns where a container's key areas may lie. */
export function keyslotsAreaOf({ header }: LoadedHeader): ByteRange {
  const { headerBytes } = header.binary;
  return { offsetBytes: 2 * headerBytes, sizeBytes: header.metadata.keyslotsAreaBytes };
}

/**
 * Overwrites the areas of retired keys that the header remembers, and forgets them. What a keyslot
 * uses is never touched, whatever the header says.
 *
 * @returns The header as it is afterwards.
 * @throws StateError `header-changed`; DeviceError `read-only`
 */
export function finishWipes(device: HeaderDevice, loaded: LoadedHeader): LoadedHeader {
  const { metadata } = loaded.header;
  const wipes = findWipes(metadata);
  if (wipes.size === 0) return loaded;
  const inUse = [...metadata.keyslots.values()].map(({ area }) => area);
  const free = freeRanges(keyslotsAreaOf(loaded), inUse);
  withHeaderLock(device, 'exclusive', () => {
    assertWritable(device, loaded);
    for (const wipe of wipes.values()) {
      if (wipe === null) continue;
      const parts = free.map((range) => overlap(range, wipe)).filter((part) => part.sizeBytes > 0);
      for (const part of parts) overwriteWithRandom(device, part);
    }
  });
  return updateHeader(device, loaded, { root: withoutTokens(metadata.root, [...wipes.keys()]) });
}
