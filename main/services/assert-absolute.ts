import { isAbsolute } from 'node:path';
import { ContractError } from '../../shared/errors/vault-error.ts';

/** @throws ContractError `payload-invalid` where a path would depend on where this process stands. */
export function assertAbsolute(path: string): void {
  if (!isAbsolute(path)) throw new ContractError('payload-invalid', { path: 'path' });
}
