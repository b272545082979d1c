import { FormatError, UnsupportedError } from '../../shared/errors/vault-error.ts';
import { findVolumeCipher, volumeKeyBytes } from '../crypto/volume-cipher.ts';
import { LUKS1_SECTOR_BYTES, type Luks1Header } from './luks1-header.ts';
import { luks1Encryption } from './luks1-keyslots.ts';
import { servedCipher } from './served-cipher.ts';
import type { DataPlace, VolumeSegment } from './unlocked-volume.ts';

/**
 * Checks that the volume of a LUKS1 header may be served, and returns where it lies: from the
 * payload offset to the end, in sectors of 512 bytes.
 *
 * @throws UnsupportedError `cipher-unsupported`
 * @throws FormatError `header-detached` where the data lie elsewhere; `container-truncated`
 */
export function luks1Segment(header: Luks1Header, place: DataPlace): VolumeSegment {
  const encryption = luks1Encryption(header);
  const cipher = findVolumeCipher(encryption);
  if (cipher === undefined) throw new UnsupportedError('cipher-unsupported', { where: 'segment' });
  const { keyBytes } = header;
  if (!volumeKeyBytes(cipher).includes(keyBytes))
    throw new UnsupportedError('cipher-unsupported', { where: 'segment', keyBytes });
  const offsetBytes = header.payloadOffsetSectors * LUKS1_SECTOR_BYTES;
  if (offsetBytes === 0 && !place.isDetached) throw new FormatError('header-detached');
  // A container that ends with its last key area has no data, as cut ones; that is an empty volume.
  const restBytes = place.sizeBytes - offsetBytes;
  if (restBytes <= -LUKS1_SECTOR_BYTES)
    throw new FormatError('container-truncated', { containerBytes: place.sizeBytes });
  const lengthBytes = Math.max(0, restBytes - (restBytes % LUKS1_SECTOR_BYTES));
  const range = { offsetBytes, lengthBytes, ivTweakSectors: 0 };
  return { ...range, sectorBytes: LUKS1_SECTOR_BYTES, cipher: servedCipher(cipher, range) };
}
