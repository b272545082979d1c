import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { DeviceError } from '../../shared/errors/vault-error.ts';

/** Returns the absolute path of an existing file, links resolved. @throws DeviceError `file-missing` */
export function realContainerPath(file: string): string {
  try {
    return realpathSync(resolve(file));
  } catch (error) {
    const errno = error instanceof Error && 'code' in error ? String(error.code) : '';
    const code = errno === 'EACCES' ? 'permission-denied' : 'file-missing';
    throw new DeviceError(code, { path: file, errno }, error);
  }
}
