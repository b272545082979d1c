import { displayText } from '../../shared/display-text.ts';
import type { ContainerInfo, KeyslotInfo } from '../../shared/model/container-info.ts';
import { decodeTextField } from './binary-header.ts';
import { displayUuid } from './display-uuid.ts';
import {
  isActive,
  LUKS1_HEADER_BYTES,
  LUKS1_SECTOR_BYTES,
  type Luks1Header,
  type Luks1Keyslot,
} from './luks1-header.ts';
import { luks1Encryption } from './luks1-keyslots.ts';
import { type LoadedLuks1, luks1AreaSectors } from './read-luks1.ts';

/** Returns what a LUKS1 header says, in the words of LUKS2, which has the same parts. */
export function describeLuks1({ header }: LoadedLuks1, containerBytes: number): ContainerInfo {
  const active = header.keyslots.flatMap((keyslot, id) => (isActive(keyslot) ? [id] : []));
  const offsetBytes = header.payloadOffsetSectors * LUKS1_SECTOR_BYTES;
  const hash = displayText(decodeTextField(header.hashName));
  return {
    format: 'luks1',
    version: 1,
    uuid: displayUuid(decodeTextField(header.uuid)),
    label: '',
    subsystem: '',
    seqid: null,
    headerBytes: LUKS1_HEADER_BYTES,
    keyslotsAreaBytes: header.keyslots.length * luks1AreaSectors(header) * LUKS1_SECTOR_BYTES,
    containerBytes,
    checksumAlgorithm: null,
    primary: { offsetBytes: 0, state: 'ok', reason: null, seqid: null },
    secondary: null,
    keyslots: header.keyslots.flatMap((keyslot, id) =>
      isActive(keyslot) ? [describeKeyslot(header, keyslot, id)] : [],
    ),
    segments: [
      {
        id: 0,
        type: 'crypt',
        offsetBytes,
        sizeBytes: null,
        encryption: displayText(luks1Encryption(header)),
        sectorBytes: LUKS1_SECTOR_BYTES,
        ivTweak: '0',
        flags: [],
      },
    ],
    digests: [
      {
        id: 0,
        type: 'pbkdf2',
        hash,
        iterations: header.digestIterations,
        keyslots: active,
        segments: [0],
      },
    ],
    tokens: [],
    flags: [],
    requirements: [],
  };
}

function describeKeyslot(header: Luks1Header, keyslot: Luks1Keyslot, id: number): KeyslotInfo {
  const hash = displayText(decodeTextField(header.hashName));
  return {
    id,
    type: 'luks1',
    keyBytes: header.keyBytes,
    priority: 'normal',
    kdf: { type: 'pbkdf2', hash, iterations: keyslot.iterations },
    area: {
      offsetBytes: keyslot.areaOffsetSectors * LUKS1_SECTOR_BYTES,
      sizeBytes: luks1AreaSectors(header) * LUKS1_SECTOR_BYTES,
      encryption: displayText(luks1Encryption(header)),
      keyBytes: header.keyBytes,
    },
    af: { type: 'luks1', stripes: keyslot.stripes, hash },
    digestId: 0,
  };
}
