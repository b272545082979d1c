/**
 * Updates of a header: never both copies in doubt at one moment.
 *
 * One copy is written and synced before the other is touched. Usually that is the primary first; a
 * copy that is not good goes first, whichever it is, so that the good one lives until its
 * replacement is on stable storage.
 *
 * @see LUKS2 specification 1.1.4, section 2.3
 */

import { randomFillSync } from 'node:crypto';
import { DeviceError, FormatError } from '../../shared/errors/vault-error.ts';
import type { BlockDevice } from '../block/block-device.ts';
import { assertNoRequirements } from './assert-activatable.ts';
import {
  type BinaryHeader,
  type HeaderCopy,
  LUKS2_BINARY_HEADER_BYTES,
  LUKS2_SALT_BYTES,
} from './binary-header.ts';
import { type HeaderDevice, writeHeaderCopy } from './header-storage.ts';
import { encodeMetadata, parseMetadata } from './parse-metadata.ts';
import { assertSameHeader, type LoadedHeader, loadHeader } from './read-luks2.ts';
import type { JsonObject } from './strict-json.ts';

/** What both copies share. */
export type HeaderContent = Pick<
  BinaryHeader,
  'headerBytes' | 'seqid' | 'label' | 'checksumAlgorithm' | 'uuid' | 'subsystem'
>;

/**
 * Returns the JSON area for a document, checked by the rules that reading applies.
 *
 * @throws FormatError `metadata-invalid`; `area-overlap`
 */
export function encodeJsonArea(root: JsonObject, headerBytes: number): Uint8Array {
  const jsonArea = encodeMetadata(root, headerBytes - LUKS2_BINARY_HEADER_BYTES);
  parseMetadata(jsonArea, headerBytes);
  return jsonArea;
}

/**
 * Writes header copies in the given order, each with a salt of its own and synced before the next.
 * The caller holds the header lock, where others can see the device.
 *
 * @param jsonArea - Borrowed: the same in both copies.
 */
export function writeHeaderCopies(
  device: BlockDevice,
  content: HeaderContent,
  jsonArea: Uint8Array,
  order: readonly HeaderCopy[] = ['primary', 'secondary'],
): void {
  for (const copy of order) {
    const offsetBytes = copy === 'primary' ? 0 : content.headerBytes;
    const salt = randomFillSync(new Uint8Array(LUKS2_SALT_BYTES));
    writeHeaderCopy(device, { ...content, copy, offsetBytes, salt }, jsonArea);
  }
}

/**
 * Reads the header again and makes sure that it may be written over.
 *
 * @param loaded - What the caller's change is based on.
 * @returns The header as it is now, which says the same as `loaded`.
 * @throws DeviceError `read-only`
 * @throws StateError `header-changed` where another program wrote meanwhile.
 * @throws UnsupportedError `requirement-unknown`: then the metadata are not ours to change.
 * @throws FormatError `header-ambiguous` where the container also looks like something else.
 */
export function assertWritable(device: HeaderDevice, loaded: LoadedHeader): LoadedHeader {
  if (device.isReadOnly) throw new DeviceError('read-only');
  const current = loadHeader(device);
  assertSameHeader(current, loaded);
  assertNoRequirements(current);
  if (current.foreignSignature !== null) {
    throw new FormatError('header-ambiguous', { signature: current.foreignSignature });
  }
  return current;
}
