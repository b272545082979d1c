import type { KdfInfo, KeyslotInfo } from '../../../shared/model/container-info.ts';
import type { KeyInfo, KeyLabel, KeyList, KeyMachine } from '../../../shared/model/keys.ts';
import { GIB, KIB, MIB } from '../../../shared/units.ts';
import { estimateCostMs } from '../../crypto/estimate-cost.ts';
import { findHash } from '../../crypto/hashes.ts';
import { KDF_LIMITS, type KdfCost, usableMemoryKib } from '../../crypto/kdf-limits.ts';
import { type Container, describeContainer } from '../container.ts';
import { findKeyLabel } from './key-token.ts';

/** What an app may take there, next to the system and whatever else runs. */
const MACHINE_MEMORY_KIB = { 'laptop-4gib': (1.5 * GIB) / KIB, phone: (256 * MIB) / KIB } as const;
const FALLBACK_OUTPUT_BYTES = 64;

/**
 * Lists the keys of a container with what trying each of them costs on this machine. Takes some
 * hundred milliseconds of measuring; no header makes it take much longer.
 *
 * @param containerBytes - Size of the container.
 */
export async function listKeys(container: Container, containerBytes: number): Promise<KeyList> {
  const info = describeContainer(container, containerBytes);
  const bound = new Set(
    info.digests.filter(({ segments }) => segments.length > 0).flatMap(({ keyslots }) => keyslots),
  );
  const measured = new Map<string, number | null>();
  const keys: KeyInfo[] = [];
  for (const keyslot of info.keyslots) {
    const cacheKey = JSON.stringify([keyslot.kdf, keyslot.area?.keyBytes]);
    const known = measured.get(cacheKey);
    const costMs = known === undefined ? await costOf(keyslot) : known;
    measured.set(cacheKey, costMs);
    keys.push({
      keyslotId: keyslot.id,
      type: keyslot.type,
      priority: keyslot.priority,
      kdf: keyslot.kdf,
      costMs,
      opensOn: keyslot.kdf === null ? [] : machinesFor(keyslot.kdf, usableMemoryKib()),
      label: labelOf(container, keyslot.id),
      isBound: bound.has(keyslot.id),
    });
  }
  return { uuid: info.uuid, format: info.format, keys };
}

/** LUKS1 has no room for names. */
function labelOf(container: Container, keyslotId: number): KeyLabel {
  if (container.version === 1) return { name: '', createdAt: null, kind: 'unknown' };
  return findKeyLabel(container.luks2.header.metadata, keyslotId);
}

/** Returns the machines whose memory suffices for a derivation. */
export function machinesFor(kdf: KdfInfo, usableKib: number): readonly KeyMachine[] {
  const neededKib = kdf.type === 'pbkdf2' ? 0 : kdf.memoryKib;
  const bounds = { 'this-machine': usableKib, ...MACHINE_MEMORY_KIB } as const;
  return (['this-machine', 'laptop-4gib', 'phone'] as const).filter(
    (machine) => neededKib <= bounds[machine],
  );
}

async function costOf({ kdf, area }: KeyslotInfo): Promise<number | null> {
  const cost = kdf === null ? null : measurableCost(kdf);
  if (cost === null) return null;
  const outputBytes = Math.min(area?.keyBytes || FALLBACK_OUTPUT_BYTES, FALLBACK_OUTPUT_BYTES);
  return Math.round(await estimateCostMs(cost, outputBytes));
}

/** A cost out of which a small sample can be made; others are refused before they are paid. */
function measurableCost(kdf: KdfInfo): KdfCost | null {
  if (kdf.type === 'pbkdf2') {
    const hash = findHash(kdf.hash);
    return hash === undefined || kdf.iterations < 1 ? null : { ...kdf, hash };
  }
  const isSane =
    kdf.cpus >= 1 && kdf.cpus <= KDF_LIMITS.argon2.lanes && kdf.time >= 1 && kdf.memoryKib >= 8;
  return isSane ? kdf : null;
}
