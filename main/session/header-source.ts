import { DeviceError } from '../../shared/errors/vault-error.ts';
import { FileDevice } from '../block/file-device.ts';
import type { DataPlace } from '../luks/unlocked-volume.ts';

/** Where the header of a vault lies: in the container, or in a file of its own. */
export type HeaderSource = Readonly<{
  /** Borrowed from the caller's stack. */
  header: FileDevice;
  place: DataPlace;
}>;

/**
 * Opens what holds the header of a container that is open.
 *
 * @param device - Borrowed: the container; it is the header's device where none is named.
 * @param headerPath - Of a detached header. It is opened for writing where the container is, so that
 * a damaged copy can be repaired, and read-only where its file allows no more.
 * @param resources - Owns what is opened here.
 */
export function openHeaderSource(
  device: FileDevice,
  headerPath: string | null | undefined,
  resources: DisposableStack,
): HeaderSource {
  const { sizeBytes } = device;
  if (headerPath === null || headerPath === undefined)
    return { header: device, place: { sizeBytes, isDetached: false } };
  const header = resources.use(openHeader(headerPath, device.isReadOnly));
  return { header, place: { sizeBytes, isDetached: true } };
}

function openHeader(path: string, isReadOnly: boolean): FileDevice {
  if (isReadOnly) return FileDevice.open(path, { isReadOnly });
  try {
    return FileDevice.open(path, { isReadOnly });
  } catch (error) {
    const isRefused =
      error instanceof DeviceError && ['permission-denied', 'read-only'].includes(error.code);
    if (!isRefused) throw error;
    return FileDevice.open(path, { isReadOnly: true });
  }
}
