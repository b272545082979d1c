/**
 * Makes a LUKS1 container of a LUKS2 one that has nothing that LUKS1 lacks. Data and key areas stay
 * where they are.
 *
 * A cut at any write leaves one of the two: the second sector of the LUKS1 header goes into padding
 * of the primary copy, which leaves the secondary; then the first sector turns the container into
 * LUKS1; then what is left of the LUKS2 header is wiped, and the first key area moved to the front.
 */

import { DeviceError, UnsupportedError } from '../../shared/errors/vault-error.ts';
import { AF_STRIPES } from '../crypto/af-splitter.ts';
import { decodeBase64 } from '../crypto/base64.ts';
import { findHash } from '../crypto/hashes.ts';
import { encodeTextField } from './binary-header.ts';
import { type HeaderDevice, withHeaderLock } from './header-storage.ts';
import {
  AREA_UNIT_SECTORS,
  areaLimitSectors,
  areaSpacing,
  isFree,
  moveArea,
  parkUnused,
  placeAll,
  placeUnused,
  writeInTurn,
} from './luks1-areas.ts';
import {
  isActive,
  LUKS1_DIGEST_BYTES,
  LUKS1_HEADER_BYTES,
  LUKS1_KEYSLOT_STATES,
  LUKS1_KEYSLOTS,
  LUKS1_SECTOR_BYTES,
  type Luks1Header,
  type Luks1Keyslot,
} from './luks1-header.ts';
import type { Digest, Luks2Keyslot, Metadata } from './metadata-model.ts';
import { type LoadedLuks1, loadLuks1, luks1AreaSectors } from './read-luks1.ts';
import type { LoadedHeader } from './read-luks2.ts';
import { assertWritable } from './write-header.ts';

const SALT_BYTES = 32;
const TEXT_BYTES = 32;
const U32_LIMIT = 2 ** 32;
/** Tokens that may go: they hold nothing that opens the vault. */
const OWN_TOKEN_TYPE = /^lockline/;

type Source = Readonly<{
  keyslots: readonly Luks2Keyslot[];
  digest: Digest;
  encryption: string;
  hash: string;
  keyBytes: number;
  payloadOffsetSectors: number;
}>;

/**
 * Converts a LUKS2 container to LUKS1.
 *
 * @param device - Borrowed: open for writing, nobody else's. A backup has been made.
 * @param loaded - With both copies good.
 * @returns The new header as read back.
 * @throws UnsupportedError `conversion-impossible` with a reason, before anything is written.
 * @throws StateError `header-changed`; DeviceError `read-only`
 */
export function convertToLuks1(device: HeaderDevice, loaded: LoadedHeader): LoadedLuks1 {
  if (device.isReadOnly) throw new DeviceError('read-only');
  return withHeaderLock(device, 'exclusive', () => {
    const current = assertWritable(device, loaded);
    if (current.repairs.length > 0) throw impossible('header-damaged');
    writeInTurn(device, buildHeader(current));
    const headersEndBytes = 2 * current.header.binary.headerBytes;
    device.writeFrom(LUKS1_HEADER_BYTES, new Uint8Array(headersEndBytes - LUKS1_HEADER_BYTES));
    device.flush();
    moveFirstArea(device, loadLuks1(device).header);
    return loadLuks1(device);
  });
}

/**
 * Moves the area of keyslot 0 to the beginning of the space for areas, where the reference wants to
 * find it when it converts such a container. Where there is no room to do so it stays: any place is
 * right by the format.
 */
function moveFirstArea(device: HeaderDevice, header: Luks1Header): void {
  const [first] = header.keyslots;
  if (first === undefined || !isActive(first) || first.areaOffsetSectors === AREA_UNIT_SECTORS)
    return;
  const limitSectors = areaLimitSectors(header, device.sizeBytes);
  const length = luks1AreaSectors(header);
  const behind = AREA_UNIT_SECTORS + areaSpacing(length);
  let current = parkUnused(device, header);
  for (const [keyslotId, { areaOffsetSectors }] of current.keyslots.entries()) {
    const isInTheWay = isActive(header.keyslots[keyslotId] ?? first) && areaOffsetSectors < behind;
    if (!isInTheWay) continue;
    for (let start = behind; start + length <= limitSectors; start += AREA_UNIT_SECTORS) {
      if (!isFree(current, start)) continue;
      current = moveArea(device, current, keyslotId, start);
      break;
    }
  }
  if (isFree(current, AREA_UNIT_SECTORS)) current = moveArea(device, current, 0, AREA_UNIT_SECTORS);
  placeUnused(device, current, limitSectors);
}

/** @throws UnsupportedError `conversion-impossible` where LUKS1 cannot hold what the header says. */
export function assertFitsLuks1(loaded: LoadedHeader): void {
  buildHeader(loaded);
}

function buildHeader({ header: { binary, metadata } }: LoadedHeader): Luks1Header {
  const source = readSource(metadata);
  const [cipherName = '', ...mode] = source.encryption.split('-');
  const cipherMode = mode.join('-');
  if (cipherName.length >= TEXT_BYTES || cipherMode.length >= TEXT_BYTES)
    throw impossible('cipher');
  const endBytes = 2 * binary.headerBytes + metadata.keyslotsAreaBytes;
  const places = placeAll(
    new Map(source.keyslots.map(({ id, area }) => [id, area.offsetBytes / LUKS1_SECTOR_BYTES])),
    LUKS1_KEYSLOTS,
    Math.ceil((source.keyBytes * AF_STRIPES) / LUKS1_SECTOR_BYTES),
    source.payloadOffsetSectors || endBytes / LUKS1_SECTOR_BYTES,
  );
  if (places === null) throw impossible('no-room-for-keyslots');
  return {
    cipherName: encodeTextField(cipherName, TEXT_BYTES),
    cipherMode: encodeTextField(cipherMode, TEXT_BYTES),
    hashName: encodeTextField(source.hash, TEXT_BYTES),
    payloadOffsetSectors: source.payloadOffsetSectors,
    keyBytes: source.keyBytes,
    ...digestFields(source.digest),
    uuid: binary.uuid,
    keyslots: places.map((areaOffsetSectors, id) => {
      const keyslot = source.keyslots.find((each) => each.id === id);
      return { ...keyslotFields(keyslot), areaOffsetSectors, stripes: AF_STRIPES };
    }),
  };
}

/** Everything that LUKS1 has no words for is refused, with a word for it. */
function readSource(metadata: Metadata): Source {
  const segments = [...metadata.segments.values()];
  const [segment] = segments;
  const digests = [...metadata.digests.values()];
  const [digest] = digests;
  if (segments.length !== 1 || segment?.crypt === null || segment === undefined)
    throw impossible('segments');
  const { crypt } = segment;
  if (crypt.sectorBytes !== LUKS1_SECTOR_BYTES) throw impossible('sector-size');
  const isPlain = segment.sizeBytes === 'dynamic' && crypt.ivTweak === 0n && !crypt.hasIntegrity;
  if (!isPlain || segment.flags.length > 0) throw impossible('segments');
  const payloadOffsetSectors = Number(segment.offsetBytes) / LUKS1_SECTOR_BYTES;
  if (payloadOffsetSectors >= U32_LIMIT) throw impossible('data-offset');
  if (digests.length !== 1 || digest === undefined) throw impossible('unbound-keyslots');
  if ([...metadata.tokens.values()].some(({ typeName }) => !OWN_TOKEN_TYPE.test(typeName)))
    throw impossible('tokens');
  if (metadata.flags.length > 0) throw impossible('flags');
  const hash = digest.hash ?? '';
  if (findHash(hash) === undefined) throw impossible('hash');
  const keyslots = [...metadata.keyslots.values()].map((keyslot) => {
    if (keyslot.type !== 'luks2' || keyslot.id >= LUKS1_KEYSLOTS) throw impossible('keyslots');
    assertPlainKeyslot(keyslot, hash, crypt.encryption);
    return keyslot;
  });
  const [first] = keyslots;
  if (first === undefined) throw impossible('keyslots');
  if (keyslots.some(({ keyBytes }) => keyBytes !== first.keyBytes)) throw impossible('key-size');
  const { encryption } = crypt;
  return { keyslots, digest, encryption, hash, keyBytes: first.keyBytes, payloadOffsetSectors };
}

function assertPlainKeyslot(
  { kdf, af, area, keyBytes }: Luks2Keyslot,
  hash: string,
  encryption: string,
) {
  if (kdf.type !== 'pbkdf2') throw impossible('argon2');
  if (kdf.hash !== hash || af.hash !== hash) throw impossible('hash');
  if (kdf.iterations >= U32_LIMIT) throw impossible('iterations');
  if (area.encryption !== encryption || area.keyBytes !== keyBytes)
    throw impossible('key-area-cipher');
  if (area.offsetBytes % LUKS1_SECTOR_BYTES !== 0) throw impossible('key-area-offset');
}

function digestFields({ digest, salt, iterations }: Digest) {
  const digestBytes = decodeBase64(digest ?? '');
  const saltBytes = decodeBase64(salt ?? '');
  const isWhole =
    digestBytes !== undefined &&
    digestBytes.length >= LUKS1_DIGEST_BYTES &&
    saltBytes?.length === SALT_BYTES &&
    iterations !== null &&
    iterations < U32_LIMIT;
  if (!isWhole) throw impossible('digest');
  // PBKDF2's first bytes do not depend on how many are asked for.
  return {
    digest: digestBytes.slice(0, LUKS1_DIGEST_BYTES),
    digestSalt: saltBytes,
    digestIterations: iterations,
  };
}

function keyslotFields(
  keyslot: Luks2Keyslot | undefined,
): Pick<Luks1Keyslot, 'stateWord' | 'iterations' | 'salt'> {
  if (keyslot?.kdf.type !== 'pbkdf2') {
    const salt = new Uint8Array(SALT_BYTES);
    return { stateWord: LUKS1_KEYSLOT_STATES.inactive, iterations: 0, salt };
  }
  const salt = decodeBase64(keyslot.kdf.salt);
  if (salt?.length !== SALT_BYTES) throw impossible('salt');
  const { iterations } = keyslot.kdf;
  return { stateWord: LUKS1_KEYSLOT_STATES.active, iterations, salt };
}

function impossible(reason: string): UnsupportedError {
  return new UnsupportedError('conversion-impossible', { reason });
}
