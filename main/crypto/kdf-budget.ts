import { FormatError } from '../../shared/errors/vault-error.ts';
import { GIB, KIB, MIB } from '../../shared/units.ts';
import { measureKdf } from './calibrate-kdf.ts';
import { HASH_BYTES } from './hashes.ts';
import type { KdfCost } from './kdf-limits.ts';

/** A derivation that takes longer needs a person's consent. */
export const UNASKED_SECONDS = 30;

/** Work that takes less than that on any machine that runs Lockline; nothing is measured for it. */
const SURELY_QUICK = { blockIterations: 2_000_000, workKibPasses: (6 * GIB) / KIB } as const;
const SAMPLE_ITERATIONS = 20_000;
const SAMPLE_MEMORY_KIB = (32 * MIB) / KIB;

/**
 * Refuses a derivation that is expected to take longer than {@link UNASKED_SECONDS} on this machine,
 * unless a person has accepted that. Costs some 50 ms, and nothing where it is quick anyway.
 *
 * @param outputBytes - Length of the key to derive.
 * @throws FormatError `kdf-cost-excessive` with the expected seconds and `canAccept`.
 */
export async function assertKdfWithinBudget(
  cost: KdfCost,
  outputBytes: number,
  isAccepted: boolean,
): Promise<void> {
  if (isAccepted) return;
  const seconds = await estimateSeconds(cost, outputBytes);
  if (seconds <= UNASKED_SECONDS) return;
  const value = Math.round(seconds);
  throw new FormatError('kdf-cost-excessive', {
    ...{ limit: 'seconds', value, maximum: UNASKED_SECONDS },
    canAccept: true,
  });
}

/** Returns about how long a derivation takes here, measured on a small part of it; 0 where quick. */
async function estimateSeconds(cost: KdfCost, outputBytes: number): Promise<number> {
  if (cost.type === 'pbkdf2') {
    const blocks = Math.ceil(outputBytes / HASH_BYTES[cost.hash]);
    if (cost.iterations * blocks <= SURELY_QUICK.blockIterations) return 0;
    const sample = await measureKdf({ ...cost, iterations: SAMPLE_ITERATIONS }, outputBytes);
    return (sample.milliseconds / 1000) * (cost.iterations / SAMPLE_ITERATIONS);
  }
  if (cost.time * cost.memoryKib <= SURELY_QUICK.workKibPasses) return 0;
  const memoryKib = Math.min(cost.memoryKib, SAMPLE_MEMORY_KIB);
  const sample = await measureKdf({ ...cost, time: 1, memoryKib }, outputBytes);
  return (sample.milliseconds / 1000) * ((cost.time * cost.memoryKib) / memoryKib);
}
