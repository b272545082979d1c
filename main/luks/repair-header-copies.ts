import { LUKS2_BINARY_HEADER_BYTES } from './binary-header.ts';
import { type HeaderDevice, withHeaderLock } from './header-storage.ts';
import { type LoadedHeader, loadHeader } from './read-luks2.ts';
import { assertWritable, writeHeaderCopies } from './write-header.ts';

/**
 * Rewrites the copies that differ from the one that counts, with the same seqid. Called only when a
 * container is opened for writing, never by a look.
 *
 * @returns The header as read back.
 * @throws StateError `header-changed` where the container no longer holds `loaded`.
 * @throws FormatError `header-ambiguous` where the container also looks like something else.
 * @throws DeviceError `read-only`
 */
export function repairHeaderCopies(device: HeaderDevice, loaded: LoadedHeader): LoadedHeader {
  if (loaded.repairs.length === 0) return loaded;
  return withHeaderLock(device, 'exclusive', () => {
    const current = assertWritable(device, loaded);
    const { binary, copyBytes } = current.header;
    const jsonArea = copyBytes.subarray(LUKS2_BINARY_HEADER_BYTES);
    writeHeaderCopies(device, binary, jsonArea, current.repairs);
    return loadHeader(device);
  });
}
