/**
 * Everything that must hold before a volume may be served, whatever its passphrase: requirements,
 * the segment's type, cipher, sector size, place and size. The reference leaves most of this to the
 * kernel; here nothing comes after, so this is the last gate.
 */

import { displayText } from '../../shared/display-text.ts';
import { FormatError, UnsupportedError } from '../../shared/errors/vault-error.ts';
import { SECTOR_SIZES } from '../../shared/model/create-options.ts';
import { findVolumeCipher } from '../crypto/volume-cipher.ts';
import { metadataError } from './metadata-error.ts';
import type { Segment } from './metadata-model.ts';
import type { LoadedHeader } from './read-luks2.ts';
import { servedCipher } from './served-cipher.ts';
import type { DataPlace, VolumeSegment } from './unlocked-volume.ts';

/** Bytes per IV sector. Fixed at 512 whatever the segment's `sector_size` is. */
const IV_SECTOR_BYTES = 512;

const NAMES_IN_ERROR_LIMIT = 8;
const REENCRYPTION = /^(?:offline-reencrypt|online-reencrypt(?:-v[23])?)$/;

/**
 * Checks that the volume may be served, and narrows its one segment.
 *
 * @param place - Where the data lie; a volume of no sector at all is allowed.
 * @throws UnsupportedError `reencryption-in-progress`; `requirement-unknown`;
 * `segment-type-unsupported`; `cipher-unsupported`
 * @throws FormatError `metadata-invalid`; `header-detached`; `container-truncated`
 */
export function assertActivatable(loaded: LoadedHeader, place: DataPlace): VolumeSegment {
  assertNoRequirements(loaded);
  const segment = onlySegment(loaded);
  const { crypt } = segment;
  if (segment.typeName !== 'crypt' || crypt === null) {
    const types = [displayText(segment.typeName).slice(0, 64)];
    throw new UnsupportedError('segment-type-unsupported', { reason: 'type', types });
  }
  if (crypt.hasIntegrity) throw unsupported('integrity');
  if (segment.flags.includes('in-reencryption')) throw unsupported('in-reencryption');
  const cipher = findVolumeCipher(crypt.encryption);
  if (cipher === undefined) throw new UnsupportedError('cipher-unsupported', { where: 'segment' });
  const sectorBytes = SECTOR_SIZES.find((size) => size === crypt.sectorBytes);
  if (sectorBytes === undefined)
    throw metadataError('segments.0.sector_size', 'sector-size-invalid');
  const { offsetBytes, lengthBytes } = narrowedRange(loaded, segment, sectorBytes, place);
  const ivTweakSectors = narrowedTweak(crypt.ivTweak, lengthBytes);
  const range = { offsetBytes, lengthBytes, ivTweakSectors };
  return { ...range, sectorBytes, cipher: servedCipher(cipher, range) };
}

/**
 * Refuses containers that ask for something: no mandatory requirement is known, but for the two that
 * a reencryption leaves until it is done.
 *
 * @throws UnsupportedError `reencryption-in-progress`; `requirement-unknown` with the names.
 */
export function assertNoRequirements(loaded: LoadedHeader): void {
  const { metadata } = loaded.header;
  const names = metadata.requirements;
  const keyslots = [...metadata.keyslots.values()];
  const isReencrypting = keyslots.some(
    (slot) => slot.type === 'other' && slot.typeName === 'reencrypt',
  );
  if (isReencrypting || (names.length > 0 && names.every((name) => REENCRYPTION.test(name))))
    throw new UnsupportedError('reencryption-in-progress');
  if (names.length === 0) return;
  const requirements = names
    .slice(0, NAMES_IN_ERROR_LIMIT)
    .map((name) => displayText(name).slice(0, 64));
  throw new UnsupportedError('requirement-unknown', { requirements });
}

/** A second segment means a reencryption under way or a layout of someone else's. */
function onlySegment(loaded: LoadedHeader): Segment {
  const [segment, ...others] = loaded.header.metadata.segments.values();
  if (segment !== undefined && others.length === 0) return segment;
  const types = [...loaded.header.metadata.segments.values()]
    .slice(0, NAMES_IN_ERROR_LIMIT)
    .map(({ typeName }) => displayText(typeName).slice(0, 64));
  throw new UnsupportedError('segment-type-unsupported', { reason: 'several-segments', types });
}

function narrowedRange(
  loaded: LoadedHeader,
  segment: Segment,
  sectorBytes: number,
  { sizeBytes: containerBytes, isDetached }: DataPlace,
): Readonly<{ offsetBytes: number; lengthBytes: number }> {
  const { headerBytes } = loaded.header.binary;
  const headerEndBytes = 2 * headerBytes + loaded.header.metadata.keyslotsAreaBytes;
  if (segment.offsetBytes === 0n && !isDetached) throw new FormatError('header-detached');
  if (!isDetached && segment.offsetBytes < BigInt(headerEndBytes))
    throw metadataError('segments.0.offset', 'inside-header');
  const sizeBytes = segment.sizeBytes === 'dynamic' ? 0n : segment.sizeBytes;
  if (segment.offsetBytes + sizeBytes > BigInt(containerBytes)) {
    throw new FormatError('container-truncated', { containerBytes });
  }
  const offsetBytes = Number(segment.offsetBytes);
  if (segment.sizeBytes !== 'dynamic')
    return { offsetBytes, lengthBytes: Number(segment.sizeBytes) };
  const rest = containerBytes - offsetBytes;
  return { offsetBytes, lengthBytes: rest - (rest % sectorBytes) };
}

/**
 * Narrows the tweak to a safe integer. It counts modulo 2^64, so one close to 2^64 is a small
 * negative number.
 */
function narrowedTweak(ivTweak: bigint, lengthBytes: number): number {
  const signed = BigInt.asIntN(64, ivTweak);
  const lastSector = signed + BigInt(lengthBytes / IV_SECTOR_BYTES);
  const isSafe = [signed, lastSector].every((value) => Number.isSafeInteger(Number(value)));
  if (!isSafe) throw unsupported('iv-tweak');
  return Number(signed);
}

function unsupported(reason: string): UnsupportedError {
  return new UnsupportedError('segment-type-unsupported', { reason });
}
