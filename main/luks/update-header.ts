import { FormatError } from '../../shared/errors/vault-error.ts';
import { encodeTextField, LUKS2_LABEL_BYTES } from './binary-header.ts';
import { type HeaderDevice, withHeaderLock } from './header-storage.ts';
import { type LoadedHeader, loadHeader } from './read-luks2.ts';
import type { JsonObject } from './strict-json.ts';
import {
  assertWritable,
  encodeJsonArea,
  type HeaderContent,
  writeHeaderCopies,
} from './write-header.ts';

const SEQID_MAXIMUM = 2n ** 64n - 1n;

/**
 * Writes a changed header with the next seqid and returns it as read back.
 *
 * @throws StateError `header-changed` where the container no longer holds `loaded`.
 * @throws FormatError `header-ambiguous`; `metadata-invalid`, also where the seqid is used up.
 * @throws DeviceError `read-only`
 */
export function updateHeader(
  device: HeaderDevice,
  loaded: LoadedHeader,
  changes: Readonly<{
    root?: JsonObject;
    label?: string;
    subsystem?: string;
    /** Runs under the header lock before anything is written; throws to refuse. */
    assertStill?: () => void;
  }>,
): LoadedHeader {
  return withHeaderLock(device, 'exclusive', () => {
    const current = assertWritable(device, loaded);
    changes.assertStill?.();
    const { binary, metadata } = current.header;
    if (binary.seqid >= SEQID_MAXIMUM)
      throw new FormatError('metadata-invalid', { path: 'seqid', reason: 'used-up' });
    const content: HeaderContent = {
      ...binary,
      seqid: binary.seqid + 1n,
      label:
        changes.label === undefined
          ? binary.label
          : encodeTextField(changes.label, LUKS2_LABEL_BYTES),
      subsystem:
        changes.subsystem === undefined
          ? binary.subsystem
          : encodeTextField(changes.subsystem, LUKS2_LABEL_BYTES),
    };
    const order =
      current.secondary.state === 'ok'
        ? (['primary', 'secondary'] as const)
        : (['secondary', 'primary'] as const);
    const jsonArea = encodeJsonArea(changes.root ?? metadata.root, binary.headerBytes);
    writeHeaderCopies(device, content, jsonArea, order);
    return loadHeader(device);
  });
}
