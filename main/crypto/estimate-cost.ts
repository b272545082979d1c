import { KIB, MIB } from '../../shared/units.ts';
import { measureKdf } from './calibrate-kdf.ts';
import type { KdfCost } from './kdf-limits.ts';

const SAMPLE_MEMORY_KIB = (32 * MIB) / KIB;
const SAMPLE_ITERATIONS = 50_000;
const SAMPLE_PASSES = 1;

/**
 * Returns how long one derivation of a given cost takes on this machine, in milliseconds, without
 * paying it: a small sample is measured and scaled, since time is close to linear in the work.
 *
 * @param outputBytes - Length of the area key.
 */
export async function estimateCostMs(cost: KdfCost, outputBytes: number): Promise<number> {
  if (cost.type === 'pbkdf2') {
    const iterations = Math.min(cost.iterations, SAMPLE_ITERATIONS);
    const { milliseconds } = await measureKdf({ ...cost, iterations }, outputBytes);
    return (milliseconds * cost.iterations) / iterations;
  }
  const leastKib = 8 * cost.cpus;
  const memoryKib = Math.max(leastKib, Math.min(cost.memoryKib, SAMPLE_MEMORY_KIB));
  const sample = { ...cost, memoryKib, time: Math.min(cost.time, SAMPLE_PASSES) };
  const { milliseconds } = await measureKdf(sample, outputBytes);
  return (milliseconds * cost.memoryKib * cost.time) / (sample.memoryKib * sample.time);
}
