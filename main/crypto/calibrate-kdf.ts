/**
 * Chooses the cost of key derivation for a new keyslot: by measuring towards a target time within a
 * memory bound, or as forced.
 *
 * Argon2 takes as much of the memory bound as the target time allows with the least number of
 * passes, and more passes only when the bound is reached: memory is what makes guessing expensive.
 */

import { availableParallelism, totalmem } from 'node:os';
import { ContractError } from '../../shared/errors/vault-error.ts';
import type { KdfChoice } from '../../shared/model/create-options.ts';
import { GIB, KIB, MIB } from '../../shared/units.ts';
import { SecretBytes } from '../bytes/secret-bytes.ts';
import type { HashName } from './hashes.ts';
import { deriveKey, type KdfParameters } from './kdf.ts';
import { assertKdfWithinLimits, KDF_LIMITS, type KdfCost, usableMemoryKib } from './kdf-limits.ts';

/** The least costs that are written, the same as the reference's. */
export const KDF_MINIMUMS = { argon2Time: 4, argon2MemoryKib: 32, pbkdf2Iterations: 1000 } as const;

export const DEFAULT_KDF_TARGET_MS = 2000;
const DEFAULT_MEMORY_LIMIT_KIB = GIB / KIB;
const PARALLEL_LIMIT = 4;
/** A measurement is trusted from this length on; shorter ones are repeated with more work. */
const TRUSTED_MS = 120;
const FIRST_MEMORY_KIB = (16 * MIB) / KIB;
const FIRST_ITERATIONS = 50_000;
const GROWTH_LIMIT = 8;
const PBKDF2_HASH = 'sha256';
const BENCHMARK_SECRET_BYTES = 16;
const BENCHMARK_SALT = new Uint8Array(32);

type Argon2Cost = Extract<KdfCost, { time: number }>;
type Pbkdf2Cost = Extract<KdfCost, { iterations: number }>;
/** A cost and the wall time of one derivation with it. */
export type Measured<Cost> = Readonly<{ cost: Cost; milliseconds: number }>;

/**
 * Returns the cost to write into a new keyslot.
 *
 * @param outputBytes - Length of the area key that will be derived.
 * @param hash - Of PBKDF2.
 * @throws ContractError `payload-invalid` where a forced cost is missing a part or below the minimum.
 * @throws FormatError `kdf-cost-excessive` where a forced cost is over our own limits.
 */
export async function calibrateKdf(
  choice: KdfChoice,
  outputBytes: number,
  hash: HashName = PBKDF2_HASH,
): Promise<KdfCost> {
  if (choice.forcedIterations !== undefined) return forcedCost(choice, outputBytes, hash);
  return (await measureTowardsTarget(choice, outputBytes, hash)).cost;
}

/**
 * Returns the cost that a choice forces.
 *
 * @throws ContractError `payload-invalid`
 * @throws FormatError `kdf-cost-excessive`
 */
export function forcedCost(
  choice: KdfChoice,
  outputBytes: number,
  hash: HashName = PBKDF2_HASH,
): KdfCost {
  const iterations = choice.forcedIterations ?? 0;
  if (choice.type === 'pbkdf2') {
    assertAtLeast('forcedIterations', iterations, KDF_MINIMUMS.pbkdf2Iterations);
    const cost = { type: choice.type, hash, iterations } as const;
    assertKdfWithinLimits(cost, outputBytes);
    return cost;
  }
  const cpus = parallelOf(choice);
  const memoryKib = choice.memoryKib ?? 0;
  assertAtLeast('forcedIterations', iterations, KDF_MINIMUMS.argon2Time);
  assertAtLeast('memoryKib', memoryKib, KDF_MINIMUMS.argon2MemoryKib);
  const cost = { type: choice.type, time: iterations, memoryKib, cpus } as const;
  assertKdfWithinLimits(cost, outputBytes);
  return cost;
}

function assertAtLeast(name: string, value: number, minimum: number): void {
  if (value < minimum) throw new ContractError('payload-invalid', { path: `kdf.${name}`, minimum });
}

/** Returns the cost that comes nearest to the target, with the time that it is expected to take. */
export function measureTowardsTarget(
  choice: KdfChoice,
  outputBytes: number,
  hash: HashName = PBKDF2_HASH,
): Promise<Measured<KdfCost>> {
  const targetMs = choice.targetMs ?? DEFAULT_KDF_TARGET_MS;
  if (choice.type === 'pbkdf2') return calibratePbkdf2(targetMs, outputBytes, hash);
  const boundKib = Math.min(choice.memoryKib ?? defaultMemoryKib(), usableMemoryKib());
  const memoryKib = Math.max(boundKib, KDF_MINIMUMS.argon2MemoryKib);
  const first: Argon2Cost = {
    type: choice.type,
    time: KDF_MINIMUMS.argon2Time,
    memoryKib: Math.min(FIRST_MEMORY_KIB, memoryKib),
    cpus: parallelOf(choice),
  };
  return calibrateArgon2(first, memoryKib, targetMs, outputBytes);
}

async function calibratePbkdf2(
  targetMs: number,
  outputBytes: number,
  hash: HashName,
): Promise<Measured<KdfCost>> {
  const first: Pbkdf2Cost = { type: 'pbkdf2', hash, iterations: FIRST_ITERATIONS };
  let sample = await measureKdf(first, outputBytes);
  while (sample.milliseconds < TRUSTED_MS) {
    const factor = growthFactor(sample.milliseconds, TRUSTED_MS * 1.5);
    sample = await measureKdf(
      { ...first, iterations: Math.ceil(sample.cost.iterations * factor) },
      outputBytes,
    );
  }
  const perIterationMs = sample.milliseconds / sample.cost.iterations;
  const wanted = Math.round(targetMs / perIterationMs);
  const iterations = clamp(wanted, KDF_MINIMUMS.pbkdf2Iterations, KDF_LIMITS.pbkdf2.iterations);
  return { cost: { ...first, iterations }, milliseconds: iterations * perIterationMs };
}

/** Time is close to linear in memory times passes; page faults make large memory somewhat slower. */
async function calibrateArgon2(
  first: Argon2Cost,
  boundKib: number,
  targetMs: number,
  outputBytes: number,
): Promise<Measured<KdfCost>> {
  let sample = await measureKdf(first, outputBytes);
  while (sample.milliseconds < TRUSTED_MS) {
    const factor = growthFactor(sample.milliseconds, Math.min(TRUSTED_MS * 2, targetMs));
    if (factor <= 1) break;
    sample = await measureKdf(scaledArgon2(sample.cost, factor, boundKib), outputBytes);
  }
  const cost = scaledArgon2(sample.cost, targetMs / sample.milliseconds, boundKib);
  const workRatio = (cost.memoryKib * cost.time) / (sample.cost.memoryKib * sample.cost.time);
  return { cost, milliseconds: sample.milliseconds * workRatio };
}

/** Returns a cost with `factor` times the work: memory first, passes where the bound is reached. */
function scaledArgon2(cost: Argon2Cost, factor: number, boundKib: number): Argon2Cost {
  const workKib = cost.memoryKib * cost.time * factor;
  const wantedKib = Math.floor(workKib / KDF_MINIMUMS.argon2Time);
  const leastKib = Math.max(KDF_MINIMUMS.argon2MemoryKib, 8 * cost.cpus);
  const memoryKib = clamp(wantedKib, leastKib, Math.max(boundKib, leastKib));
  const mostTime = Math.floor((KDF_LIMITS.argon2.workKibPasses * cost.cpus) / memoryKib);
  const time = clamp(Math.round(workKib / memoryKib), KDF_MINIMUMS.argon2Time, mostTime);
  return { ...cost, memoryKib, time };
}

/** Derives a key once and returns how long that took. */
export async function measureKdf<Cost extends KdfCost>(
  cost: Cost,
  outputBytes: number,
): Promise<Measured<Cost>> {
  using secret = SecretBytes.allocate(BENCHMARK_SECRET_BYTES);
  const kdf: KdfParameters = { ...cost, salt: BENCHMARK_SALT };
  const startMs = performance.now();
  const key = await deriveKey(secret, kdf, outputBytes);
  const milliseconds = performance.now() - startMs;
  key[Symbol.dispose]();
  return { cost, milliseconds };
}

function growthFactor(milliseconds: number, wantedMs: number): number {
  return Math.min(wantedMs / Math.max(milliseconds, 0.01), GROWTH_LIMIT);
}

function defaultMemoryKib(): number {
  const machineBytes = Math.min(
    totalmem(),
    process.constrainedMemory() || Number.POSITIVE_INFINITY,
  );
  return Math.min(Math.floor(machineBytes / 2 / KIB), DEFAULT_MEMORY_LIMIT_KIB);
}

function parallelOf(choice: KdfChoice): number {
  return choice.parallel ?? Math.min(PARALLEL_LIMIT, availableParallelism());
}

function clamp(value: number, minimum: number, maximum: number): number {
  return Math.min(Math.max(value, minimum), maximum);
}
