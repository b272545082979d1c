import { rmSync, statSync } from 'node:fs';
import { DeviceError, StateError } from '../../shared/errors/vault-error.ts';
import { FileDevice } from '../block/file-device.ts';
import { describeContainer, readContainer } from '../luks/container.ts';

/**
 * Deletes a container's file, for good. Only the one that is meant: the path may hold another vault
 * or no vault by now, and whoever has it open for writing keeps it. A file that is gone is done.
 *
 * @param uuid - Of the vault that is meant; `null` where it was never known.
 * @throws StateError `header-changed` where another vault lies there; DeviceError `device-busy`;
 * what opening and reading a header is refused with.
 */
export function deleteContainer(path: string, uuid: string | null): void {
  let opened: FileDevice;
  try {
    opened = FileDevice.open(path, { isReadOnly: true });
  } catch (error) {
    if (error instanceof DeviceError && error.code === 'file-missing') return;
    throw error;
  }
  using device = opened;
  // A block device has no file of its own: its node is the system's.
  if (!statSync(path).isFile()) throw new DeviceError('not-a-file', { path });
  const found = describeContainer(readContainer(device), device.sizeBytes).uuid;
  if (uuid !== null && found !== uuid) throw new StateError('header-changed', { path });
  rmSync(path);
}
