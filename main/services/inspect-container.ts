import type { ContainerInfo } from '../../shared/model/container-info.ts';
import { FileDevice } from '../block/file-device.ts';
import { describeContainer, readContainer } from '../luks/container.ts';

/**
 * Returns what a container's header says. Needs no passphrase, opens read-only, changes nothing
 * and works while the vault is mounted.
 *
 * @param headerPath - Of a detached header.
 *
 * @throws FormatError, UnsupportedError or DeviceError with the code that tells why.
 */
export function inspectContainer(path: string, headerPath?: string | null): ContainerInfo {
  using device = FileDevice.open(path, { isReadOnly: true, lock: 'none' });
  if (headerPath === undefined || headerPath === null)
    return describeContainer(readContainer(device), device.sizeBytes);
  using header = FileDevice.open(headerPath, { isReadOnly: true, lock: 'none' });
  return describeContainer(readContainer(header), device.sizeBytes);
}
