import { displayText } from '../../../shared/display-text.ts';
import { VaultError } from '../../../shared/errors/vault-error.ts';
import type { HeaderCopyHealth } from '../../../shared/model/container-info.ts';
import {
  FINDING_WEIGHTS,
  type Finding,
  type FindingWeight,
  type HealthReport,
} from '../../../shared/model/header-care.ts';
import type { BlockDevice } from '../../block/block-device.ts';
import { AF_STRIPES } from '../../crypto/af-splitter.ts';
import { assertActivatable } from '../assert-activatable.ts';
import { decodeTextField } from '../binary-header.ts';
import { displayUuid } from '../display-uuid.ts';
import type { HeaderDevice } from '../header-storage.ts';
import type { Keyslot } from '../metadata-model.ts';
import { prepareDigest } from '../prepare-digest.ts';
import { prepareKeyslot } from '../prepare-keyslot.ts';
import { type LoadedHeader, readLuks2 } from '../read-luks2.ts';
import { findNonRandom } from './check-randomness.ts';
import { findWipes } from './key-token.ts';

/**
 * Looks at everything of a container that can be judged without a passphrase. Reads only.
 *
 * @throws DeviceError where the storage fails; defects of the bytes are findings.
 */
export function checkHealth(device: HeaderDevice): HealthReport {
  let loaded: LoadedHeader;
  try {
    loaded = readLuks2(device);
  } catch (error) {
    return report(null, [unreadable(error)]);
  }
  const { metadata, binary } = loaded.header;
  const findings = [
    copyFinding('primary', loaded.primary),
    copyFinding('secondary', loaded.secondary),
    ...foreignFindings(loaded),
    ...[...metadata.digests.values()].map((digest) =>
      judged('digest', digest.id, () => prepareDigest(digest)),
    ),
    judged('segment', null, () =>
      assertActivatable(loaded, { sizeBytes: device.sizeBytes, isDetached: false }),
    ),
    ...[...metadata.keyslots.values()].flatMap((keyslot) =>
      keyslotFindings(device, loaded, keyslot),
    ),
    ...retiredFindings(loaded),
  ];
  return report(displayUuid(decodeTextField(binary.uuid)), findings);
}

function report(uuid: string | null, findings: readonly Finding[]): HealthReport {
  const weights = findings.map(({ weight }) => FINDING_WEIGHTS.indexOf(weight));
  return { uuid, verdict: FINDING_WEIGHTS[Math.max(0, ...weights)] ?? 'fine', findings };
}

function unreadable(error: unknown): Finding {
  const { detail } = aboutTheBytes(error);
  return finding('header-unreadable', 'damaged', { detail });
}

function copyFinding(copy: string, health: HeaderCopyHealth): Finding {
  const { state, reason, offsetBytes, seqid } = health;
  const words = reason === null ? state : `${state}: ${reason}`;
  const detail = `${copy} copy ${words}${seqid === null ? '' : `, sequence ${seqid}`}`;
  const weight = state === 'ok' ? 'fine' : 'repairable';
  return finding('header-copy', weight, { offsetBytes, detail });
}

function foreignFindings({ foreignSignature }: LoadedHeader): readonly Finding[] {
  if (foreignSignature === null) return [];
  const detail = `the start also looks like ${displayText(foreignSignature)}`;
  return [finding('foreign-signature', 'damaged', { offsetBytes: 0, detail })];
}

function keyslotFindings(
  device: BlockDevice,
  { header }: LoadedHeader,
  keyslot: Keyslot,
): readonly Finding[] {
  const { id } = keyslot;
  if (keyslot.type !== 'luks2') {
    const detail = `type ${displayText(keyslot.typeName)}`;
    return [finding('keyslot-unusable', 'note', { id, detail })];
  }
  const usable = judged('keyslot-unusable', id, () => prepareKeyslot(header.metadata, keyslot));
  const others = usable.weight === 'fine' ? [] : [usable];
  return [...others, areaFinding(device, id, keyslot.area, keyslot.keyBytes)];
}

/** Only the stripes are looked at: what pads the area is nobody's. */
function areaFinding(
  device: BlockDevice,
  id: number,
  area: Readonly<{ offsetBytes: number; sizeBytes: number }>,
  keyBytes: number,
): Finding {
  const stripeBytes = AF_STRIPES * keyBytes;
  const bytes = new Uint8Array(Math.min(stripeBytes, area.sizeBytes));
  device.readInto(area.offsetBytes, bytes);
  const damagedAt = findNonRandom(bytes);
  if (damagedAt === null) {
    const detail = `${bytes.length} bytes look random`;
    return finding('keyslot-area', 'fine', { id, offsetBytes: area.offsetBytes, detail });
  }
  const offsetBytes = area.offsetBytes + damagedAt;
  const detail = 'does not look random: this keyslot no longer opens';
  return finding('keyslot-area', 'damaged', { id, offsetBytes, detail });
}

function retiredFindings({ header }: LoadedHeader): readonly Finding[] {
  return [...findWipes(header.metadata)].map(([id, range]) =>
    finding('retired-key', 'repairable', {
      id,
      offsetBytes: range?.offsetBytes ?? null,
      detail: 'an old key still waits to be overwritten',
    }),
  );
}

/** Runs a check of ours that throws, and returns what it says as a finding. */
function judged(kind: Finding['kind'], id: number | null, check: () => unknown): Finding {
  try {
    check();
    return finding(kind, 'fine', { id, detail: 'as it should be' });
  } catch (error) {
    const { detail, family } = aboutTheBytes(error);
    const isOurs = family === 'unsupported';
    return finding(kind, isOurs ? 'note' : 'damaged', { id, detail });
  }
}

/** Storage that fails is no finding about the bytes. */
function aboutTheBytes(error: unknown): Readonly<{ detail: string; family: string }> {
  if (!(error instanceof VaultError) || error.family === 'device') throw error;
  const facts = Object.entries(error.data).map(([name, value]) => `${name}: ${String(value)}`);
  return { detail: [error.code, ...facts].join(', '), family: error.family };
}

function finding(
  kind: Finding['kind'],
  weight: FindingWeight,
  facts: Readonly<{ id?: number | null; offsetBytes?: number | null; detail: string }>,
): Finding {
  return { kind, weight, id: null, offsetBytes: null, ...facts };
}
