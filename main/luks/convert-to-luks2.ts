/**
 * Makes a LUKS2 container of a LUKS1 one where it lies. Data and volume key stay; the key areas are
 * moved to where LUKS2 has them, which the reference wants to find them at when it converts back.
 *
 * A cut at any write leaves one of the two: first each key area is copied and the LUKS1 header made
 * to point at the copy, in one sector; then the secondary copy and the JSON of the primary are written
 * to where nothing lies any more; then one sector turns the container into LUKS2, by its secondary
 * copy until the rest of the primary has followed.
 */

import { randomFillSync } from 'node:crypto';
import { DeviceError, UnsupportedError } from '../../shared/errors/vault-error.ts';
import { AF_STRIPES } from '../crypto/af-splitter.ts';
import { encodeBase64 } from '../crypto/base64.ts';
import {
  decodeTextField,
  encodeHeaderCopy,
  encodeTextField,
  LUKS2_BINARY_HEADER_BYTES,
  LUKS2_HEADER_MINIMUM_BYTES,
  LUKS2_LABEL_BYTES,
  LUKS2_SALT_BYTES,
} from './binary-header.ts';
import { type HeaderDevice, withHeaderLock, writeHeaderCopy } from './header-storage.ts';
import {
  areaLimitSectors,
  areaSpacing,
  isFree,
  moveArea,
  parkUnused,
  withAreaOffset,
} from './luks1-areas.ts';
import {
  isActive,
  LUKS1_SECTOR_BYTES,
  type Luks1Header,
  type Luks1Keyslot,
} from './luks1-header.ts';
import { luks1Encryption } from './luks1-keyslots.ts';
import { assertSameLuks1, type LoadedLuks1, loadLuks1, luks1AreaSectors } from './read-luks1.ts';
import { type LoadedHeader, loadHeader } from './read-luks2.ts';
import type { JsonObject, JsonValue } from './strict-json.ts';
import { encodeJsonArea } from './write-header.ts';

const KEYSLOTS_START_BYTES = 2 * LUKS2_HEADER_MINIMUM_BYTES;
const KEYSLOTS_START_SECTORS = KEYSLOTS_START_BYTES / LUKS1_SECTOR_BYTES;
const AREA_UNIT_BYTES = 4096;

/**
 * Converts a LUKS1 container to LUKS2.
 *
 * @param device - Borrowed: open for writing, nobody else's. A backup has been made.
 * @returns The new header as read back.
 * @throws UnsupportedError `conversion-impossible` with a reason, before anything is written.
 * @throws StateError `header-changed`; DeviceError `read-only`
 */
export function convertToLuks2(device: HeaderDevice, loaded: LoadedLuks1): LoadedHeader {
  if (device.isReadOnly) throw new DeviceError('read-only');
  return withHeaderLock(device, 'exclusive', () => {
    assertSameLuks1(loadLuks1(device), loaded);
    const header = clearHeaderSpace(device, loaded.header);
    const limitBytes = areaLimitSectors(header, device.sizeBytes) * LUKS1_SECTOR_BYTES;
    const jsonArea = encodeJsonArea(
      buildRoot(header, limitBytes - KEYSLOTS_START_BYTES),
      LUKS2_HEADER_MINIMUM_BYTES,
    );
    const content = {
      headerBytes: LUKS2_HEADER_MINIMUM_BYTES,
      seqid: 1n,
      checksumAlgorithm: 'sha256',
      label: encodeTextField('', LUKS2_LABEL_BYTES),
      subsystem: encodeTextField('', LUKS2_LABEL_BYTES),
      uuid: header.uuid,
    } as const;
    const secondaryAt = LUKS2_HEADER_MINIMUM_BYTES;
    const secondary = { ...content, copy: 'secondary', offsetBytes: secondaryAt } as const;
    writeHeaderCopy(device, { ...secondary, salt: newSalt() }, jsonArea);
    const primary = { ...content, copy: 'primary', offsetBytes: 0, salt: newSalt() } as const;
    const bytes = encodeHeaderCopy(primary, jsonArea);
    for (const [from, to] of [
      [LUKS2_BINARY_HEADER_BYTES, bytes.length],
      [0, LUKS1_SECTOR_BYTES],
      [LUKS1_SECTOR_BYTES, LUKS2_BINARY_HEADER_BYTES],
    ] as const) {
      device.writeFrom(from, bytes.subarray(from, to));
      device.flush();
    }
    return loadHeader(device);
  });
}

/** @throws UnsupportedError `conversion-impossible` where there is no room for a LUKS2 header. */
export function assertFitsLuks2({ header }: LoadedLuks1, deviceBytes: number): void {
  planMoves(header, areaLimitSectors(header, deviceBytes));
}

/** Moves the key areas to where LUKS2 has them; returns the LUKS1 header as it is then. */
function clearHeaderSpace(device: HeaderDevice, header: Luks1Header): Luks1Header {
  const moves = planMoves(header, areaLimitSectors(header, device.sizeBytes));
  if (moves.length === 0) return header;
  return moves.reduce(
    (current, { keyslotId, startSectors }) => moveArea(device, current, keyslotId, startSectors),
    parkUnused(device, header),
  );
}

type Move = Readonly<{ keyslotId: number; startSectors: number }>;

/**
 * Plans how the key areas get to the places that LUKS2 has for them, side by side behind its header
 * copies: the last one first, each to the last place that is free. That needs one place more than
 * there are keyslots in use.
 */
function planMoves(header: Luks1Header, limitSectors: number): readonly Move[] {
  const length = luks1AreaSectors(header);
  const spacing = areaSpacing(length);
  const places: number[] = [];
  for (let start = KEYSLOTS_START_SECTORS; start + length <= limitSectors; start += spacing)
    places.unshift(start);
  const inOrder = header.keyslots
    .map((keyslot, keyslotId) => ({ keyslot, keyslotId }))
    .filter(({ keyslot }) => isActive(keyslot))
    .toSorted((a, b) => b.keyslot.areaOffsetSectors - a.keyslot.areaOffsetSectors);
  const moves: Move[] = [];
  let current = header;
  for (const { keyslot, keyslotId } of inOrder) {
    if (places.includes(keyslot.areaOffsetSectors)) continue;
    const startSectors = places.find((place) => isFree(current, place));
    if (startSectors === undefined)
      throw new UnsupportedError('conversion-impossible', { reason: 'no-room-for-header' });
    moves.push({ keyslotId, startSectors });
    current = withAreaOffset(current, keyslotId, startSectors);
  }
  return moves;
}

function buildRoot(header: Luks1Header, keyslotsAreaBytes: number): JsonObject {
  const used = header.keyslots.flatMap((keyslot, id) => (isActive(keyslot) ? [String(id)] : []));
  const hash = decodeTextField(header.hashName);
  const keyslots = header.keyslots.flatMap((keyslot, id): [string, JsonObject][] =>
    isActive(keyslot) ? [[String(id), buildKeyslot(header, keyslot)]] : [],
  );
  return object({
    keyslots: new Map(keyslots),
    tokens: object({}),
    segments: object({
      0: object({
        type: 'crypt',
        offset: String(header.payloadOffsetSectors * LUKS1_SECTOR_BYTES),
        size: 'dynamic',
        iv_tweak: '0',
        encryption: luks1Encryption(header),
        sector_size: BigInt(LUKS1_SECTOR_BYTES),
      }),
    }),
    digests: object({
      0: object({
        type: 'pbkdf2',
        keyslots: used,
        segments: ['0'],
        hash,
        iterations: BigInt(header.digestIterations),
        salt: encodeBase64(header.digestSalt),
        digest: encodeBase64(header.digest),
      }),
    }),
    config: object({
      json_size: String(LUKS2_HEADER_MINIMUM_BYTES - LUKS2_BINARY_HEADER_BYTES),
      keyslots_size: String(keyslotsAreaBytes - (keyslotsAreaBytes % AREA_UNIT_BYTES)),
    }),
  });
}

function buildKeyslot(header: Luks1Header, keyslot: Luks1Keyslot): JsonObject {
  const hash = decodeTextField(header.hashName);
  const keyBytes = BigInt(header.keyBytes);
  return object({
    type: 'luks2',
    key_size: keyBytes,
    af: object({ type: 'luks1', stripes: BigInt(AF_STRIPES), hash }),
    area: object({
      type: 'raw',
      offset: String(keyslot.areaOffsetSectors * LUKS1_SECTOR_BYTES),
      size: String(areaSpacing(luks1AreaSectors(header)) * LUKS1_SECTOR_BYTES),
      encryption: luks1Encryption(header),
      key_size: keyBytes,
    }),
    kdf: object({
      type: 'pbkdf2',
      hash,
      iterations: BigInt(keyslot.iterations),
      salt: encodeBase64(keyslot.salt),
    }),
  });
}

function newSalt(): Uint8Array {
  return randomFillSync(new Uint8Array(LUKS2_SALT_BYTES));
}

function object(members: Readonly<Record<string, JsonValue>>): JsonObject {
  return new Map(Object.entries(members));
}
