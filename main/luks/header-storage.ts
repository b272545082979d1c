import { DeviceError, FormatError } from '../../shared/errors/vault-error.ts';
import type { BlockDevice } from '../block/block-device.ts';
import {
  assertChecksum,
  type BinaryHeader,
  encodeHeaderCopy,
  type HeaderCopy,
  hasMagic,
  LUKS2_BINARY_HEADER_BYTES,
  parseBinaryHeader,
} from './binary-header.ts';
import type { Metadata } from './metadata-model.ts';
import { parseMetadata } from './parse-metadata.ts';

/**
 * A device that can take the lock which cryptsetup takes around its own reads and writes of a
 * header, so that the two never see half of each other's update.
 */
export interface HeaderLockable {
  withHeaderLock?<T>(kind: 'shared' | 'exclusive', action: () => T): T;
  /** Makes the next read of a range come from the storage itself, where the system can do that. */
  forgetCached?(offsetBytes: number, lengthBytes: number): void;
}

/** Where a header is kept: a container file, possibly with the header lock. */
export type HeaderDevice = BlockDevice & HeaderLockable;

/** One header copy that passed every check. */
export type ValidCopy = Readonly<{
  binary: BinaryHeader;
  metadata: Metadata;
  copyBytes: Uint8Array;
}>;

/** Runs an action under the device's header lock, where it has one. */
export function withHeaderLock<T>(
  device: HeaderDevice,
  kind: 'shared' | 'exclusive',
  action: () => T,
): T {
  return device.withHeaderLock === undefined ? action() : device.withHeaderLock(kind, action);
}

/**
 * Reads and validates one header copy. Nothing is allocated from a size that was not checked.
 *
 * @throws FormatError `not-luks` without the magic; `container-truncated`; `header-checksum-mismatch`;
 * `metadata-invalid`; `area-overlap`
 * @throws UnsupportedError `version-unsupported`; `hash-unsupported`
 */
export function readHeaderCopy(
  device: BlockDevice,
  copy: HeaderCopy,
  offsetBytes: number,
): ValidCopy {
  const start = readStart(device, offsetBytes);
  if (!hasMagic(start, copy)) throw new FormatError('not-luks', { copy });
  if (start.length < LUKS2_BINARY_HEADER_BYTES)
    throw truncated(device, offsetBytes + LUKS2_BINARY_HEADER_BYTES);
  const binary = parseBinaryHeader(start, copy, offsetBytes);
  const endBytes = offsetBytes + binary.headerBytes;
  if (endBytes > device.sizeBytes) throw truncated(device, endBytes);
  const copyBytes = new Uint8Array(binary.headerBytes);
  device.readInto(offsetBytes, copyBytes);
  assertChecksum(copyBytes, binary);
  const metadata = parseMetadata(copyBytes.subarray(LUKS2_BINARY_HEADER_BYTES), binary.headerBytes);
  return { binary, metadata, copyBytes };
}

/** Tells whether a copy's magic lies at this offset. */
export function hasMagicAt(device: BlockDevice, copy: HeaderCopy, offsetBytes: number): boolean {
  return hasMagic(readStart(device, offsetBytes), copy);
}

/** Reads up to one binary header; fewer bytes where the device ends. */
function readStart(device: BlockDevice, offsetBytes: number): Uint8Array {
  const available = Math.max(
    0,
    Math.min(LUKS2_BINARY_HEADER_BYTES, device.sizeBytes - offsetBytes),
  );
  const start = new Uint8Array(available);
  if (available > 0) device.readInto(offsetBytes, start);
  return start;
}

/**
 * Writes one header copy and returns when it is on stable storage.
 *
 * @param jsonArea - Borrowed: the padded JSON area.
 * @throws DeviceError `read-only`
 */
export function writeHeaderCopy(
  device: BlockDevice,
  binary: BinaryHeader,
  jsonArea: Uint8Array,
): void {
  if (device.isReadOnly) throw new DeviceError('read-only', { offsetBytes: binary.offsetBytes });
  device.writeFrom(binary.offsetBytes, encodeHeaderCopy(binary, jsonArea));
  device.flush();
}

function truncated(device: BlockDevice, neededBytes: number): FormatError {
  return new FormatError('container-truncated', { containerBytes: device.sizeBytes, neededBytes });
}
