/**
 * The header of a LUKS1 container. Big-endian, 592 bytes at the start, without a copy or checksum.
 *
 * | offset | bytes | field | meaning |
 * | --- | --- | --- | --- |
 * | 0 | 6 | magic | `LUKS\xba\xbe` |
 * | 6 | 2 | version | 1 |
 * | 8 | 32 | cipher-name | such as `aes`, NUL-padded |
 * | 40 | 32 | cipher-mode | such as `xts-plain64`, NUL-padded |
 * | 72 | 32 | hash-spec | of every key derivation and of the AF-splitter |
 * | 104 | 4 | payload-offset | of the data, in sectors of 512 bytes; 0 where the header is detached |
 * | 108 | 4 | key-bytes | length of the volume key |
 * | 112 | 20 | mk-digest | PBKDF2 of the volume key, whatever the hash's length |
 * | 132 | 32 | mk-digest-salt | |
 * | 164 | 4 | mk-digest-iter | |
 * | 168 | 40 | uuid | text, NUL-padded |
 * | 208 | 8 x 48 | keyslots | as below |
 *
 * Keyslot: active u32 (`00ac71f3`, or `0000dead`), iterations u32, salt 32 bytes, key-material-offset
 * u32 in sectors, stripes u32.
 *
 * @see LUKS1 on-disk format 1.2.3, section 3
 */

import { FormatError, UnsupportedError } from '../../shared/errors/vault-error.ts';
import { hasMagic } from './binary-header.ts';

export const LUKS1_HEADER_BYTES = 592;
export const LUKS1_KEYSLOTS = 8;
export const LUKS1_SECTOR_BYTES = 512;
export const LUKS1_DIGEST_BYTES = 20;

const VERSION = 1;
const KEYSLOTS_OFFSET = 208;
const KEYSLOT_BYTES = 48;
const MAGIC = Uint8Array.of(0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe);

/** What the first word of a keyslot says. Any other value counts as not in use. */
export const LUKS1_KEYSLOT_STATES = { active: 0x00ac71f3, inactive: 0x0000dead } as const;

export type Luks1Keyslot = Readonly<{
  /** One of {@link LUKS1_KEYSLOT_STATES}, or what a damaged header holds. */
  stateWord: number;
  iterations: number;
  /** 32 bytes. */
  salt: Uint8Array;
  areaOffsetSectors: number;
  stripes: number;
}>;

/** Text fields are raw bytes with their padding: the file may hold anything in them. */
export type Luks1Header = Readonly<{
  cipherName: Uint8Array;
  cipherMode: Uint8Array;
  hashName: Uint8Array;
  payloadOffsetSectors: number;
  keyBytes: number;
  digest: Uint8Array;
  digestSalt: Uint8Array;
  digestIterations: number;
  uuid: Uint8Array;
  /** Always {@link LUKS1_KEYSLOTS}. */
  keyslots: readonly Luks1Keyslot[];
}>;

/**
 * Where the areas of unused keyslots are said to lie while a conversion moves those in use: at no
 * multiple of what areas begin at, so that none ever begins there.
 */
export const LUKS1_PARKING_SECTORS = [9, 10, 11, 12, 13, 14, 15, 17] as const;

/** Tells whether a keyslot is not in use, and its area where no area can be. */
export function isParked(keyslot: Luks1Keyslot | undefined, keyslotId: number): boolean {
  const isUnused = keyslot !== undefined && !isActive(keyslot);
  return isUnused && keyslot.areaOffsetSectors === LUKS1_PARKING_SECTORS[keyslotId];
}

/** Tells whether a keyslot is in use. */
export function isActive(keyslot: Luks1Keyslot | undefined): boolean {
  return keyslot?.stateWord === LUKS1_KEYSLOT_STATES.active;
}

/**
 * Parses a header; what its fields mean for each other is not judged here.
 *
 * @param bytes - Borrowed: at least {@link LUKS1_HEADER_BYTES}.
 * @throws FormatError `not-luks`
 * @throws UnsupportedError `version-unsupported`
 */
export function parseLuks1Header(bytes: Uint8Array): Luks1Header {
  if (!hasMagic(bytes, 'primary')) throw new FormatError('not-luks');
  const view = new DataView(bytes.buffer, bytes.byteOffset, LUKS1_HEADER_BYTES);
  const version = view.getUint16(6);
  if (version !== VERSION) throw new UnsupportedError('version-unsupported', { version });
  return {
    cipherName: bytes.slice(8, 40),
    cipherMode: bytes.slice(40, 72),
    hashName: bytes.slice(72, 104),
    payloadOffsetSectors: view.getUint32(104),
    keyBytes: view.getUint32(108),
    digest: bytes.slice(112, 132),
    digestSalt: bytes.slice(132, 164),
    digestIterations: view.getUint32(164),
    uuid: bytes.slice(168, 208),
    keyslots: Array.from({ length: LUKS1_KEYSLOTS }, (_, id) =>
      parseKeyslot(bytes, view, KEYSLOTS_OFFSET + id * KEYSLOT_BYTES),
    ),
  };
}

function parseKeyslot(bytes: Uint8Array, view: DataView, at: number): Luks1Keyslot {
  return {
    stateWord: view.getUint32(at),
    iterations: view.getUint32(at + 4),
    salt: bytes.slice(at + 8, at + 40),
    areaOffsetSectors: view.getUint32(at + 40),
    stripes: view.getUint32(at + 44),
  };
}

/** Encodes a header. Returned: a fresh buffer of {@link LUKS1_HEADER_BYTES}. */
export function encodeLuks1Header(header: Luks1Header): Uint8Array {
  const bytes = new Uint8Array(LUKS1_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint16(6, VERSION);
  bytes.set(header.cipherName, 8);
  bytes.set(header.cipherMode, 40);
  bytes.set(header.hashName, 72);
  view.setUint32(104, header.payloadOffsetSectors);
  view.setUint32(108, header.keyBytes);
  bytes.set(header.digest, 112);
  bytes.set(header.digestSalt, 132);
  view.setUint32(164, header.digestIterations);
  bytes.set(header.uuid, 168);
  header.keyslots.forEach((keyslot, id) => {
    const at = KEYSLOTS_OFFSET + id * KEYSLOT_BYTES;
    view.setUint32(at, keyslot.stateWord);
    view.setUint32(at + 4, keyslot.iterations);
    bytes.set(keyslot.salt, at + 8);
    view.setUint32(at + 40, keyslot.areaOffsetSectors);
    view.setUint32(at + 44, keyslot.stripes);
  });
  return bytes;
}
