/**
 * The binary header at the start of each LUKS2 header copy. Big-endian, 4096 bytes.
 *
 * | offset | bytes | field | meaning |
 * | --- | --- | --- | --- |
 * | 0 | 6 | magic | `LUKS\xba\xbe` in the primary, `SKUL\xba\xbe` in the secondary copy |
 * | 6 | 2 | version | 2 |
 * | 8 | 8 | hdr_size | bytes of this copy, JSON area included: 16 KiB to 4 MiB, a power of two |
 * | 16 | 8 | seqid | grows by one with every update |
 * | 24 | 48 | label | text, NUL-padded |
 * | 72 | 32 | csum_alg | name of the checksum's hash |
 * | 104 | 64 | salt | random, differs between the copies |
 * | 168 | 40 | uuid | text, NUL-padded |
 * | 208 | 48 | subsystem | text, NUL-padded |
 * | 256 | 8 | hdr_offset | where this copy lies |
 * | 264 | 184 | padding | zeros |
 * | 448 | 64 | csum | over header (this field zero) and JSON area; zero-padded |
 * | 512 | 3584 | padding | zeros |
 *
 * @see LUKS2 specification 1.1.4, section 2.1
 */

import { FormatError, UnsupportedError } from '../../shared/errors/vault-error.ts';
import { KIB, MIB } from '../../shared/units.ts';
import { hashOnce } from '../crypto/hashes.ts';

export const LUKS2_BINARY_HEADER_BYTES = 4096;
export const LUKS2_HEADER_MINIMUM_BYTES = 16 * KIB;
export const LUKS2_HEADER_MAXIMUM_BYTES = 4 * MIB;
export const LUKS2_SALT_BYTES = 64;
/** Bytes of the label and the subsystem fields; the text is at most one byte shorter. */
export const LUKS2_LABEL_BYTES = 48;

const MAGIC = {
  primary: Uint8Array.of(0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe),
  secondary: Uint8Array.of(0x53, 0x4b, 0x55, 0x4c, 0xba, 0xbe),
} as const;
const VERSION = 2;
const CHECKSUM_OFFSET = 448;
const CHECKSUM_FIELD_BYTES = 64;
/** SPEC: the reference takes any hash; weak and unknown ones are refused here. */
const CHECKSUM_HASHES = ['sha256', 'sha512'] as const;
type ChecksumHash = (typeof CHECKSUM_HASHES)[number];

export type HeaderCopy = 'primary' | 'secondary';

/** Text fields are raw bytes with their padding: the file may hold anything in them. */
export type BinaryHeader = Readonly<{
  copy: HeaderCopy;
  headerBytes: number;
  seqid: bigint;
  label: Uint8Array;
  checksumAlgorithm: ChecksumHash;
  salt: Uint8Array;
  uuid: Uint8Array;
  subsystem: Uint8Array;
  offsetBytes: number;
}>;

/** Tells whether the bytes begin with the magic of this copy. */
export function hasMagic(bytes: Uint8Array, copy: HeaderCopy): boolean {
  return MAGIC[copy].every((byte, index) => bytes[index] === byte);
}

/**
 * Parses and checks the fields of a binary header, all but its checksum.
 *
 * @param bytes - Borrowed: at least {@link LUKS2_BINARY_HEADER_BYTES}.
 * @param offsetBytes - Where the bytes were read.
 * @throws FormatError `not-luks`; `metadata-invalid`
 * @throws UnsupportedError `version-unsupported`; `hash-unsupported`
 */
export function parseBinaryHeader(
  bytes: Uint8Array,
  copy: HeaderCopy,
  offsetBytes: number,
): BinaryHeader {
  if (!hasMagic(bytes, copy)) throw new FormatError('not-luks', { copy });
  const view = new DataView(bytes.buffer, bytes.byteOffset, LUKS2_BINARY_HEADER_BYTES);
  const version = view.getUint16(6);
  if (version !== VERSION) throw new UnsupportedError('version-unsupported', { version });
  const headerBytes = headerSize(view.getBigUint64(8));
  const hasRightPlace = view.getBigUint64(256) === BigInt(offsetBytes);
  if (!hasRightPlace || (copy === 'secondary' && offsetBytes !== headerBytes)) {
    throw new FormatError('metadata-invalid', { path: 'hdr_offset', reason: 'misplaced' });
  }
  return {
    copy,
    headerBytes,
    seqid: view.getBigUint64(16),
    label: bytes.slice(24, 72),
    checksumAlgorithm: checksumHash(bytes.subarray(72, 104)),
    salt: bytes.slice(104, 168),
    uuid: bytes.slice(168, 208),
    subsystem: bytes.slice(208, 256),
    offsetBytes,
  };
}

function headerSize(value: bigint): number {
  const isInRange =
    value >= BigInt(LUKS2_HEADER_MINIMUM_BYTES) && value <= BigInt(LUKS2_HEADER_MAXIMUM_BYTES);
  if (!isInRange || (value & (value - 1n)) !== 0n) {
    throw new FormatError('metadata-invalid', { path: 'hdr_size', reason: 'header-size-invalid' });
  }
  return Number(value);
}

function checksumHash(field: Uint8Array): ChecksumHash {
  const name = decodeTextField(field);
  const hash = CHECKSUM_HASHES.find((known) => known === name);
  if (hash === undefined) throw new UnsupportedError('hash-unsupported', { path: 'csum_alg' });
  return hash;
}

/**
 * Checks the checksum of a whole copy.
 *
 * SPEC: like the reference, bytes of the field beyond the hash's length are not compared.
 *
 * @param copyBytes - Borrowed: binary header and JSON area, `header.headerBytes` long.
 * @throws FormatError `header-checksum-mismatch`
 */
export function assertChecksum(copyBytes: Uint8Array, header: BinaryHeader): void {
  const wanted = checksum(copyBytes, header.checksumAlgorithm);
  const stored = copyBytes.subarray(CHECKSUM_OFFSET, CHECKSUM_OFFSET + wanted.length);
  if (!wanted.every((byte, index) => byte === stored[index])) {
    throw new FormatError('header-checksum-mismatch', { copy: header.copy });
  }
}

/**
 * Encodes one whole header copy with its checksum. Returned: a fresh buffer of
 * `header.headerBytes`, ready to write at `header.offsetBytes`.
 *
 * @param jsonArea - Borrowed: the padded JSON area that follows the binary header.
 */
export function encodeHeaderCopy(header: BinaryHeader, jsonArea: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(header.headerBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC[header.copy]);
  view.setUint16(6, VERSION);
  view.setBigUint64(8, BigInt(header.headerBytes));
  view.setBigUint64(16, header.seqid);
  bytes.set(header.label, 24);
  bytes.set(encodeTextField(header.checksumAlgorithm, 32), 72);
  bytes.set(header.salt, 104);
  bytes.set(header.uuid, 168);
  bytes.set(header.subsystem, 208);
  view.setBigUint64(256, BigInt(header.offsetBytes));
  bytes.set(jsonArea, LUKS2_BINARY_HEADER_BYTES);
  bytes.set(checksum(bytes, header.checksumAlgorithm), CHECKSUM_OFFSET);
  return bytes;
}

function checksum(copyBytes: Uint8Array, hash: ChecksumHash): Uint8Array {
  const bytes = copyBytes.slice();
  bytes.fill(0, CHECKSUM_OFFSET, CHECKSUM_OFFSET + CHECKSUM_FIELD_BYTES);
  return hashOnce(hash, bytes);
}

/** Returns a text field up to its first NUL; bytes that are no UTF-8 become U+FFFD. */
export function decodeTextField(field: Uint8Array): string {
  const endBytes = field.indexOf(0);
  return new TextDecoder().decode(endBytes < 0 ? field : field.subarray(0, endBytes));
}

/**
 * Returns text as a NUL-padded field.
 *
 * @throws RangeError where the text with its NUL does not fit in `lengthBytes`.
 */
export function encodeTextField(text: string, lengthBytes: number): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length >= lengthBytes)
    throw new RangeError(`text of ${bytes.length} bytes in a field of ${lengthBytes}`);
  const field = new Uint8Array(lengthBytes);
  field.set(bytes);
  return field;
}
