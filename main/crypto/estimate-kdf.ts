import type { KdfChoice } from '../../shared/model/create-options.ts';
import type { KdfEstimate } from '../../shared/model/kdf-estimate.ts';
import { forcedCost, measureKdf, measureTowardsTarget } from './calibrate-kdf.ts';

/** The area key of a new keyslot with the default volume key. */
const DEFAULT_OUTPUT_BYTES = 64;

/**
 * Returns what an unlock with this choice will cost on this machine. A forced cost is paid once to
 * measure it.
 *
 * @throws ContractError `payload-invalid` where a forced cost is missing a part or below the minimum.
 * @throws FormatError `kdf-cost-excessive` where a forced cost is over our own limits.
 */
export async function estimateKdf(choice: KdfChoice): Promise<KdfEstimate> {
  const { cost, milliseconds } =
    choice.forcedIterations === undefined
      ? await measureTowardsTarget(choice, DEFAULT_OUTPUT_BYTES)
      : await measureKdf(forcedCost(choice, DEFAULT_OUTPUT_BYTES), DEFAULT_OUTPUT_BYTES);
  const rounded = Math.round(milliseconds);
  if (cost.type === 'pbkdf2') {
    const { type, iterations } = cost;
    return { type, memoryKib: 0, iterations, parallel: 1, milliseconds: rounded };
  }
  const { type, memoryKib, time, cpus } = cost;
  return { type, memoryKib, iterations: time, parallel: cpus, milliseconds: rounded };
}
