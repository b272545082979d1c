/** What a check of a container says: findings, and the helpers that make them. */

import { VaultError } from '../../../shared/errors/vault-error.ts';
import {
  FINDING_WEIGHTS,
  type Finding,
  type FindingCode,
  type FindingWeight,
  type HealthReport,
} from '../../../shared/model/header-care.ts';
import type { BlockDevice } from '../../block/block-device.ts';
import { AF_STRIPES } from '../../crypto/af-splitter.ts';
import { findNonRandom } from './check-randomness.ts';

/** Sums findings up. */
export function report(uuid: string | null, findings: readonly Finding[]): HealthReport {
  const weights = findings.map(({ weight }) => FINDING_WEIGHTS.indexOf(weight));
  return { uuid, verdict: FINDING_WEIGHTS[Math.max(0, ...weights)] ?? 'fine', findings };
}

/** Tells whether the stripes of a keyslot look random; what pads its area is nobody's. */
export function areaFinding(
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
    return finding('keyslot-area', 'area-random', { id, offsetBytes: area.offsetBytes, detail });
  }
  const offsetBytes = area.offsetBytes + damagedAt;
  const detail = 'does not look random: this keyslot no longer opens';
  return finding('keyslot-area', 'area-damaged', { id, offsetBytes, detail });
}

/** What a check of ours can find: that all is well, that the object is not ours, or a defect. */
type Outcomes = Readonly<{ good: FindingCode; unsupported: FindingCode; damaged: FindingCode }>;

/** Runs a check of ours that throws, and returns what it says as a finding. */
export function judged(
  kind: Finding['kind'],
  outcomes: Outcomes,
  id: number | null,
  check: () => unknown,
): Finding {
  try {
    check();
    return finding(kind, outcomes.good, { id, detail: 'as it should be' });
  } catch (error) {
    const { detail, family } = aboutTheBytes(error);
    const isOurs = family === 'unsupported';
    return finding(kind, isOurs ? outcomes.unsupported : outcomes.damaged, { id, detail });
  }
}

/** What is found in digests, segments and keyslots of both formats. */
export const OUTCOMES = {
  digest: { good: 'digest-good', unsupported: 'digest-unsupported', damaged: 'digest-damaged' },
  segment: { good: 'segment-good', unsupported: 'segment-unsupported', damaged: 'segment-damaged' },
  // Its key area is judged apart: a keyslot that is well is not listed.
  keyslot: { good: 'area-random', unsupported: 'keyslot-unsupported', damaged: 'keyslot-damaged' },
  places: { good: 'places-good', unsupported: 'places-damaged', damaged: 'places-damaged' },
} as const satisfies Readonly<Record<string, Outcomes>>;

/** Returns what an error says of the bytes. Storage that fails is no finding about them. */
export function aboutTheBytes(error: unknown): Readonly<{ detail: string; family: string }> {
  if (!(error instanceof VaultError) || error.family === 'device') throw error;
  const facts = Object.entries(error.data).map(([name, value]) => `${name}: ${String(value)}`);
  return { detail: [error.code, ...facts].join(', '), family: error.family };
}

const WEIGHTS: Readonly<Record<FindingCode, FindingWeight>> = {
  'primary-copy-good': 'fine',
  'primary-copy-damaged': 'repairable',
  'secondary-copy-good': 'fine',
  'secondary-copy-damaged': 'repairable',
  'only-copy': 'fine',
  'header-unreadable': 'damaged',
  'foreign-signature': 'damaged',
  'digest-good': 'fine',
  'digest-unsupported': 'note',
  'digest-damaged': 'damaged',
  'segment-good': 'fine',
  'segment-unsupported': 'note',
  'segment-damaged': 'damaged',
  'places-good': 'fine',
  'places-damaged': 'damaged',
  'keyslot-parked': 'repairable',
  'keyslot-unknown': 'note',
  'keyslot-unsupported': 'note',
  'keyslot-damaged': 'damaged',
  'area-random': 'fine',
  'area-damaged': 'damaged',
  'old-key-left': 'repairable',
};

/** Makes a finding; `id` and `offsetBytes` where it has them. */
export function finding(
  kind: Finding['kind'],
  code: FindingCode,
  facts: Readonly<{ id?: number | null; offsetBytes?: number | null; detail: string }>,
): Finding {
  return { kind, code, weight: WEIGHTS[code], id: null, offsetBytes: null, ...facts };
}
