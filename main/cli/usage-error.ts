import { ContractError } from '../../shared/errors/vault-error.ts';

/**
 * Returns the error for an option whose value cannot be used.
 *
 * @param option - As it is typed, with its hyphens.
 * @param allowed - What can be given, in words.
 */
export function badOption(option: string, allowed: string): ContractError {
  return new ContractError('payload-invalid', { option, allowed });
}

/** Returns the error for an argument that cannot be used, or for arguments that do not go together. */
export function badArgument(argument: string, allowed?: string): ContractError {
  return new ContractError('payload-invalid', { argument, ...(allowed && { allowed }) });
}
