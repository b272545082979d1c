import { StateError } from '../../shared/errors/vault-error.ts';
import type { ContainerFormat, ConversionFacts } from '../../shared/model/header-care.ts';
import { FileDevice } from '../block/file-device.ts';
import { type Container, readContainer, repairContainer } from '../luks/container.ts';
import { assertFitsLuks1, convertToLuks1 } from '../luks/convert-to-luks1.ts';
import { assertFitsLuks2, convertToLuks2 } from '../luks/convert-to-luks2.ts';
import { headerRegionBytes } from '../luks/keys/restore-header.ts';
import { areaLimitSectors } from '../luks/luks1-areas.ts';
import { LUKS1_SECTOR_BYTES } from '../luks/luks1-header.ts';
import { keepHeaderFile } from './header-files.ts';

/**
 * Converts the header of a locked container, after it was saved beside it.
 *
 * @throws StateError `already-converted`
 * @throws UnsupportedError `conversion-impossible`; DeviceError `device-busy`
 */
export function convertContainer(path: string, to: ContainerFormat): ConversionFacts {
  using device = FileDevice.open(path, { isReadOnly: false });
  const container = repairContainer(device, readContainer(device));
  if (to === (container.version === 1 ? 'luks1' : 'luks2'))
    throw new StateError('already-converted');
  // What cannot be converted leaves no backup behind either.
  if (container.version === 1) assertFitsLuks2(container.luks1, device.sizeBytes);
  else assertFitsLuks1(container.luks2);
  const backupPath = keepHeader(device, container);
  if (container.version === 1) convertToLuks2(device, container.luks1);
  else convertToLuks1(device, container.luks2);
  return { format: to, backupPath };
}

function keepHeader(device: FileDevice, container: Container): string {
  const regionBytes =
    container.version === 1
      ? areaLimitSectors(container.luks1.header, device.sizeBytes) * LUKS1_SECTOR_BYTES
      : headerRegionBytes(container.luks2);
  const region = new Uint8Array(Math.min(regionBytes, device.sizeBytes));
  device.readInto(0, region);
  return keepHeaderFile(device.path, region);
}
