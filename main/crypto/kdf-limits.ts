/**
 * The most key derivation work that a header may ask for. A header is attacker-controlled, and a
 * derivation cannot be interrupted once it runs: everything is checked before any cost is paid.
 *
 * What only costs time may be accepted by a person, who can cancel it; memory and lanes may not.
 *
 * What cryptsetup writes by default (1 GiB, some ten passes, four lanes; some ten million PBKDF2
 * iterations) is far inside.
 */

import { FormatError } from '../../shared/errors/vault-error.ts';
import { GIB, KIB, MIB } from '../../shared/units.ts';
import { HASH_BYTES, type HashName } from './hashes.ts';

export const KDF_LIMITS = {
  argon2: {
    memoryKib: (4 * GIB) / KIB,
    /** Lanes are computed side by side, so memory per lane bounds the time of one pass. */
    memoryPerLaneKib: (2 * GIB) / KIB,
    /** Share of the machine's available memory. */
    availableShare: 0.75,
    lanes: 16,
    /** Unless accepted: time times memory per lane, about half a minute on a machine of 2020. */
    workKibPasses: (64 * GIB) / KIB,
    saltBytes: { minimum: 8, maximum: 1024 },
  },
  pbkdf2: {
    /** The most that there is: OpenSSL counts with 31 bits. */
    possibleIterations: 2 ** 31 - 1,
    /** Unless accepted. */
    iterations: 50_000_000,
    /** Unless accepted: iterations times output blocks: each block of output repeats all iterations. */
    blockIterations: 100_000_000,
    saltBytes: { minimum: 1, maximum: 1024 },
  },
} as const;

/** Below this nothing is refused for lack of memory: any machine that runs Lockline has it. */
const ALWAYS_AVAILABLE_BYTES = 64 * MIB;

export type KdfCost =
  | Readonly<{ type: 'argon2i' | 'argon2id'; time: number; memoryKib: number; cpus: number }>
  | Readonly<{ type: 'pbkdf2'; hash: HashName; iterations: number }>;

/**
 * Refuses costs over {@link KDF_LIMITS}.
 *
 * @param outputBytes - Length of the key to derive.
 * @param isAccepted - Whether a person has accepted how long it takes.
 * @throws FormatError `kdf-cost-excessive` with the limit that is exceeded; `canAccept` in its data
 * tells whether a person may accept it.
 */
export function assertKdfWithinLimits(
  cost: KdfCost,
  outputBytes: number,
  isAccepted = false,
): void {
  assertKdfPossible(cost);
  if (isAccepted) return;
  if (cost.type === 'pbkdf2') {
    const { iterations, blockIterations } = KDF_LIMITS.pbkdf2;
    const blocks = Math.ceil(outputBytes / HASH_BYTES[cost.hash]);
    assertAtMost('iterations', cost.iterations, iterations, true);
    assertAtMost('blockIterations', cost.iterations * blocks, blockIterations, true);
    return;
  }
  const work = (cost.time * cost.memoryKib) / cost.cpus;
  assertAtMost('workKibPasses', work, KDF_LIMITS.argon2.workKibPasses, true);
}

/**
 * Refuses costs that nobody may accept.
 *
 * @throws FormatError `kdf-cost-excessive` with the limit that is exceeded.
 */
export function assertKdfPossible(cost: KdfCost): void {
  if (cost.type === 'pbkdf2') {
    assertAtMost('iterations', cost.iterations, KDF_LIMITS.pbkdf2.possibleIterations);
    return;
  }
  const limits = KDF_LIMITS.argon2;
  assertAtMost('cpus', cost.cpus, limits.lanes);
  assertAtMost('memoryKib', cost.memoryKib, limits.memoryKib);
  assertAtMost('memoryPerLaneKib', cost.memoryKib / cost.cpus, limits.memoryPerLaneKib);
  assertAtMost('availableMemoryKib', cost.memoryKib, usableMemoryKib());
}

/** Returns the memory in KiB that one derivation may use on this machine at this moment. */
export function usableMemoryKib(): number {
  const bytes = Math.max(
    process.availableMemory() * KDF_LIMITS.argon2.availableShare,
    ALWAYS_AVAILABLE_BYTES,
  );
  return Math.floor(bytes / KIB);
}

function assertAtMost(limit: string, value: number, maximum: number, canAccept = false): void {
  if (value <= maximum) return;
  throw new FormatError('kdf-cost-excessive', { limit, value, maximum, canAccept });
}
