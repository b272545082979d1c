import { getSystemErrorName } from 'node:util';
import type { ErrorCode } from '../../shared/errors/codes.ts';
import { DeviceError } from '../../shared/errors/vault-error.ts';

const CODE_OF_ERRNO: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'file-missing',
  ENOTDIR: 'file-missing',
  EACCES: 'permission-denied',
  EPERM: 'permission-denied',
  EISDIR: 'not-a-file',
  ENXIO: 'not-a-file',
  ELOOP: 'not-a-file',
  ENOSPC: 'no-space',
  EDQUOT: 'no-space',
  EFBIG: 'no-space',
  EROFS: 'read-only',
  ETXTBSY: 'device-busy',
  EBUSY: 'device-busy',
  EEXIST: 'file-exists',
};

/** Returns the coded error of a failed system call; the errno, operation and offset go along. */
export function toDeviceError(error: unknown, operation: string, offsetBytes: number): DeviceError {
  const errno = error instanceof Error && 'code' in error ? String(error.code) : 'EIO';
  return new DeviceError(
    CODE_OF_ERRNO[errno] ?? 'io-error',
    { errno, operation, offsetBytes },
    error,
  );
}

/**
 * Returns the coded error of a transfer of ours that fell short.
 *
 * @param errno - The system's number, positive; 0 where the file ended.
 * @param offsetBytes - Of the first byte that was not moved.
 */
export function deviceErrorOfErrno(
  errno: number,
  operation: 'read' | 'write',
  offsetBytes: number,
): DeviceError {
  if (errno === 0) return new DeviceError('short-read', { offsetBytes });
  const name = getSystemErrorName(-errno);
  return new DeviceError(CODE_OF_ERRNO[name] ?? 'io-error', {
    errno: name,
    operation,
    offsetBytes,
  });
}
