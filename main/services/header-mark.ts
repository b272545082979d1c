import { crc32 } from 'node:zlib';
import { FileDevice } from '../block/file-device.ts';
import { readContainer } from '../luks/container.ts';

/**
 * Returns a number by which two states of one header are told apart: its sequence number, and in
 * LUKS1, which has none, a checksum.
 *
 * @param path - Of a container, a detached header or a backup of either.
 * @throws FormatError, UnsupportedError or DeviceError where the header cannot be read.
 */
export function headerMark(path: string): number {
  using device = FileDevice.open(path, { isReadOnly: true, lock: 'none' });
  const container = readContainer(device);
  if (container.version === 1) return crc32(container.luks1.headerBytes);
  return Number(container.luks2.header.binary.seqid);
}
