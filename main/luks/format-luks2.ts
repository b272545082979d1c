/**
 * Makes a new LUKS2 container: volume key, one keyslot, one dynamic `crypt` segment, one digest. The
 * layout is the one that cryptsetup makes by default: 16 KiB per header copy, keyslots area up to
 * 16 MiB, data from there.
 */

import { randomFillSync, randomUUID } from 'node:crypto';
import { ContractError } from '../../shared/errors/vault-error.ts';
import type { KdfChoice, SECTOR_SIZES } from '../../shared/model/create-options.ts';
import { MIB } from '../../shared/units.ts';
import { SecretBytes } from '../bytes/secret-bytes.ts';
import { calibrateKdf } from '../crypto/calibrate-kdf.ts';
import { deriveKey, type KdfParameters } from '../crypto/kdf.ts';
import { KEY_AREA_ENCRYPTION } from '../crypto/key-area-cipher.ts';
import { encodeTextField, LUKS2_HEADER_MINIMUM_BYTES, LUKS2_LABEL_BYTES } from './binary-header.ts';
import { canonicalUuid } from './display-uuid.ts';
import { type HeaderDevice, withHeaderLock } from './header-storage.ts';
import { luks2Seal, newKeyslotSalt, sealKeyArea } from './keys/seal-key-area.ts';
import { buildMetadata, DIGEST_HASH, DIGEST_ITERATIONS, type NewKeyslot } from './new-metadata.ts';
import { DIGEST_SALT_BYTES } from './prepare-digest.ts';
import { UnlockedVolume } from './unlocked-volume.ts';
import { encodeJsonArea, writeHeaderCopies } from './write-header.ts';

export const LUKS2_DATA_OFFSET_BYTES = 16 * MIB;

const UUID_FIELD_BYTES = 40;
const KEYSLOTS_START_BYTES = 2 * LUKS2_HEADER_MINIMUM_BYTES;

export type FormatPhase = 'calibrating' | 'deriving' | 'syncing';

export type FormatOptions = Readonly<{
  /** At most 47 bytes of UTF-8 each. */
  label: string;
  subsystem: string;
  sectorBytes: (typeof SECTOR_SIZES)[number];
  /** 64: AES-256-XTS; 32: AES-128-XTS. */
  keyBytes: 32 | 64;
  kdf: KdfChoice;
  /** A new random one by default. */
  uuid?: string;
  /**
   * Size of the data that lie elsewhere, from their beginning: the device then holds the header
   * alone, and is as long as its area.
   */
  detachedDataBytes?: number;
  onPhase?: (phase: FormatPhase) => void;
}>;

/**
 * Formats a fresh device as a LUKS2 container and returns its volume.
 *
 * @param device - Borrowed: the whole container, or its detached header; old content is of no
 * concern.
 * @param passphrase - Borrowed: must stay unchanged until the promise settles.
 * @returns The volume. Owned by the caller, who disposes it.
 * @throws ContractError `size-invalid`; `payload-invalid` with the option's path
 * @throws FormatError `kdf-cost-excessive` where forced costs are over our own limits.
 */
export async function formatLuks2(
  device: HeaderDevice,
  options: FormatOptions,
  passphrase: SecretBytes,
): Promise<UnlockedVolume> {
  const texts = encodeTexts(options);
  const offsetBytes = options.detachedDataBytes === undefined ? LUKS2_DATA_OFFSET_BYTES : 0;
  const payloadBytes = (options.detachedDataBytes ?? device.sizeBytes) - offsetBytes;
  if (payloadBytes < options.sectorBytes || device.sizeBytes < LUKS2_DATA_OFFSET_BYTES)
    throw new ContractError('size-invalid', { sizeBytes: device.sizeBytes });
  options.onPhase?.('calibrating');
  const cost = await calibrateKdf(options.kdf, options.keyBytes);
  using volumeKey = SecretBytes.allocate(options.keyBytes);
  randomFillSync(volumeKey.bytes);
  options.onPhase?.('deriving');
  const kdf: KdfParameters = { ...cost, salt: newKeyslotSalt() };
  const seal = luks2Seal(options.keyBytes, KEY_AREA_ENCRYPTION, options.keyBytes);
  using keyArea = await sealKeyArea(volumeKey, kdf, passphrase, seal);
  const keyslot: NewKeyslot = {
    ...seal,
    keyBytes: options.keyBytes,
    kdf,
    area: { offsetBytes: KEYSLOTS_START_BYTES, sizeBytes: keyArea.lengthBytes },
  };
  const root = buildMetadata({
    keyslot,
    digest: await digestKey(volumeKey),
    segment: { offsetBytes, sectorBytes: options.sectorBytes },
    headerBytes: LUKS2_HEADER_MINIMUM_BYTES,
    keyslotsAreaBytes: LUKS2_DATA_OFFSET_BYTES - KEYSLOTS_START_BYTES,
  });
  const jsonArea = encodeJsonArea(root, LUKS2_HEADER_MINIMUM_BYTES);
  options.onPhase?.('syncing');
  withHeaderLock(device, 'exclusive', () => {
    device.writeFrom(KEYSLOTS_START_BYTES, keyArea.bytes);
    device.flush();
    const content = {
      headerBytes: LUKS2_HEADER_MINIMUM_BYTES,
      seqid: 1n,
      checksumAlgorithm: 'sha256',
    } as const;
    writeHeaderCopies(device, { ...content, ...texts.fields }, jsonArea);
  });
  const { sectorBytes } = options;
  const lengthBytes = payloadBytes - (payloadBytes % sectorBytes);
  const place = { offsetBytes, lengthBytes, ivTweakSectors: 0 } as const;
  const segment = { ...place, sectorBytes, cipher: 'aes-xts-plain64' } as const;
  return new UnlockedVolume(volumeKey.move(), { keyslotId: 0, segment, uuid: texts.uuid });
}

function encodeTexts(options: FormatOptions) {
  const uuid = canonicalUuid(options.uuid ?? randomUUID());
  if (uuid === '') throw new ContractError('payload-invalid', { path: 'uuid' });
  const fields = {
    label: encodeOption(options, 'label'),
    subsystem: encodeOption(options, 'subsystem'),
    uuid: encodeTextField(uuid, UUID_FIELD_BYTES),
  };
  return { uuid, fields };
}

function encodeOption(options: FormatOptions, name: 'label' | 'subsystem'): Uint8Array {
  const text = options[name];
  const isTooLong = new TextEncoder().encode(text).length >= LUKS2_LABEL_BYTES;
  if (isTooLong || text.includes('\0')) throw new ContractError('payload-invalid', { path: name });
  return encodeTextField(text, LUKS2_LABEL_BYTES);
}

async function digestKey(
  volumeKey: SecretBytes,
): Promise<Readonly<{ salt: Uint8Array; digest: Uint8Array }>> {
  const salt = randomFillSync(new Uint8Array(DIGEST_SALT_BYTES));
  const kdf = { type: 'pbkdf2', hash: DIGEST_HASH, iterations: DIGEST_ITERATIONS, salt } as const;
  using digest = await deriveKey(volumeKey, kdf, DIGEST_SALT_BYTES);
  return { salt, digest: digest.bytes.slice() };
}
