/**
 * Everything that must hold before a volume may be served, whatever its passphrase: requirements,
 * the segment's type, cipher, sector size, place and size. The reference leaves most of this to the
 * kernel; here nothing comes after, so this is the last gate.
 */

import { displayText } from '../../shared/display-text.ts';
import { FormatError, UnsupportedError } from '../../shared/errors/vault-error.ts';
import { SECTOR_SIZES } from '../../shared/model/create-options.ts';
import { metadataError } from './metadata-error.ts';
import type { Segment } from './metadata-model.ts';
import type { LoadedHeader } from './read-luks2.ts';
import type { VolumeSegment } from './unlocked-volume.ts';

/** Bytes per IV sector. Fixed at 512 whatever the segment's `sector_size` is. */
const IV_SECTOR_BYTES = 512;
const SERVED_CIPHER = 'aes-xts-plain64';
/** Key lengths of AES-XTS: two keys of AES-128 or of AES-256. */
export const SERVED_KEY_BYTES: readonly number[] = [32, 64];

const NAMES_IN_ERROR_LIMIT = 8;

/**
 * Checks that the volume may be served, and narrows its one segment.
 *
 * @param containerBytes - Size of the container; a volume of no sector at all is allowed.
 * @throws UnsupportedError `requirement-unknown`; `segment-type-unsupported`; `cipher-unsupported`
 * @throws FormatError `metadata-invalid`; `container-truncated`
 */
export function assertActivatable(loaded: LoadedHeader, containerBytes: number): VolumeSegment {
  assertNoRequirements(loaded);
  const segment = onlySegment(loaded);
  const { crypt } = segment;
  if (segment.typeName !== 'crypt' || crypt === null) throw unsupported('type');
  if (crypt.hasIntegrity) throw unsupported('integrity');
  if (segment.flags.includes('in-reencryption')) throw unsupported('in-reencryption');
  // SECURITY: an allow list of one; no null cipher, no mode without a position-dependent tweak.
  if (crypt.encryption !== SERVED_CIPHER)
    throw new UnsupportedError('cipher-unsupported', { where: 'segment' });
  const sectorBytes = SECTOR_SIZES.find((size) => size === crypt.sectorBytes);
  if (sectorBytes === undefined)
    throw metadataError('segments.0.sector_size', 'sector-size-invalid');
  const { offsetBytes, lengthBytes } = narrowedRange(loaded, segment, sectorBytes, containerBytes);
  const ivTweakSectors = narrowedTweak(crypt.ivTweak, lengthBytes);
  return { offsetBytes, lengthBytes, ivTweakSectors, sectorBytes, cipher: SERVED_CIPHER };
}

/** @throws UnsupportedError `requirement-unknown` with the names: no mandatory requirement is known. */
export function assertNoRequirements(loaded: LoadedHeader): void {
  const names = loaded.header.metadata.requirements;
  if (names.length === 0) return;
  const requirements = names
    .slice(0, NAMES_IN_ERROR_LIMIT)
    .map((name) => displayText(name).slice(0, 64));
  throw new UnsupportedError('requirement-unknown', { requirements });
}

/** A second segment means a reencryption under way or a layout of someone else's. */
function onlySegment(loaded: LoadedHeader): Segment {
  const [segment, ...others] = loaded.header.metadata.segments.values();
  if (segment === undefined || others.length > 0) throw unsupported('several-segments');
  return segment;
}

function narrowedRange(
  loaded: LoadedHeader,
  segment: Segment,
  sectorBytes: number,
  containerBytes: number,
): Readonly<{ offsetBytes: number; lengthBytes: number }> {
  const { headerBytes } = loaded.header.binary;
  const headerEndBytes = 2 * headerBytes + loaded.header.metadata.keyslotsAreaBytes;
  if (segment.offsetBytes < BigInt(headerEndBytes))
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
