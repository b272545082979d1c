import {
  findKernelFlag,
  KERNEL_FLAG_NAMES,
  type KernelFlagName,
  type KernelFlagWarning,
  kernelDriverSchema,
} from '../../shared/model/dmcrypt.ts';
import { badOption } from './usage-error.ts';

/**
 * Parses kernel flags as a user gives them: with commas between, hyphens or underscores, `none` for
 * an empty set.
 *
 * @throws ContractError `payload-invalid` with the option's name.
 */
export function parseFlags(text: string, option: string): readonly KernelFlagName[] {
  if (text === 'none') return [];
  return text.split(',').map((word) => {
    const flag = findKernelFlag(word.trim());
    if (flag === undefined) throw badOption(option, `${KERNEL_FLAG_NAMES.join(', ')} or none`);
    return flag;
  });
}

/** Parses an implementation's name. @throws ContractError `payload-invalid` */
export function parseDriver(name: string | undefined): string | undefined {
  if (name === undefined || kernelDriverSchema.safeParse(name).success) return name;
  throw badOption('--driver', 'a name as in /proc/crypto, or default');
}

/** Returns a line for each warning. */
export function describeWarnings(warnings: readonly KernelFlagWarning[]): readonly string[] {
  return warnings.map(({ flag, text }) => `  ${flag}: ${text}`);
}
