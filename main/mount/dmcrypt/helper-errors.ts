import type { ErrorCode } from '../../../shared/errors/codes.ts';
import { fromWireError, MountError, type VaultError } from '../../../shared/errors/vault-error.ts';

const PKEXEC_DISMISSED = 126;
const PKEXEC_DENIED = 127;
const REASON_LENGTH = 300;

/** The helper's codes where ours have another name. @see docs/dmcrypt-helper.md */
const CODES: Readonly<Record<string, ErrorCode>> = {
  'argument-invalid': 'payload-invalid',
  'key-missing': 'internal',
  'key-wrong': 'sector-differs',
  'container-refused': 'kernel-refused',
  'sector-differs': 'sector-differs',
  'filesystem-unsupported': 'filesystem-unsupported',
  'kernel-unsupported': 'kernel-unsupported',
  'flags-refused': 'flags-refused',
  'device-busy': 'device-busy',
  'name-taken': 'already-unlocked',
  'mapping-unknown': 'not-mounted',
  'mapping-busy': 'unmount-busy',
  'already-mounted': 'already-unlocked',
  'not-mounted': 'not-mounted',
  'unmount-busy': 'unmount-busy',
  'mountpoint-not-empty': 'mountpoint-not-empty',
  'operation-in-progress': 'operation-in-progress',
  'file-missing': 'file-missing',
  'permission-denied': 'permission-denied',
  'not-a-file': 'not-a-file',
  'path-refused': 'mountpoint-invalid',
  'mountpoint-invalid': 'mountpoint-invalid',
  'io-error': 'io-error',
  'not-privileged': 'helper-denied',
  'caller-unknown': 'helper-denied',
  'tool-missing': 'kernel-unsupported',
  'tool-failed': 'kernel-refused',
  'mount-failed': 'kernel-refused',
  internal: 'kernel-refused',
};

/**
 * Returns the error that a failed run of the helper stands for.
 *
 * @param exitCode - `null` where it was ended by a signal.
 */
export function toHelperError(exitCode: number | null, stderr: string): VaultError {
  const [, helperCode = '', text = ''] = /^error ([a-z-]+) ?(.*)$/m.exec(stderr) ?? [];
  const code = Object.hasOwn(CODES, helperCode) ? CODES[helperCode] : undefined;
  if (code !== undefined) {
    const reason = text.slice(0, REASON_LENGTH);
    return fromWireError({ code, data: { helper: helperCode, reason } });
  }
  if (exitCode === PKEXEC_DISMISSED || exitCode === PKEXEC_DENIED) {
    const reason = exitCode === PKEXEC_DISMISSED ? 'dismissed' : 'not authorised';
    return new MountError('helper-denied', { reason });
  }
  return new MountError('kernel-refused', { helper: String(exitCode ?? 'killed') });
}
