import { adviseFlags } from '../../shared/model/advise-flags.ts';
import type { KernelAdvice } from '../../shared/model/kernel-advice.ts';
import { readKernelFacts } from './kernel-facts.ts';

/**
 * Returns which of dm-crypt's flags suit a container on this machine, and why.
 *
 * @param path - Absolute.
 * @throws FormatError, UnsupportedError or DeviceError where its header cannot be read.
 */
export function adviseKernelFlags(path: string): KernelAdvice {
  return adviseFlags(readKernelFacts(path));
}
