import { ERROR_CODES, type ErrorCode } from '../../shared/errors/codes.ts';
import { MountError, VaultError } from '../../shared/errors/vault-error.ts';
import {
  type BackendChoice,
  MOUNT_BACKENDS,
  type MountBackendName,
} from '../../shared/model/backend.ts';
import { whyNoHelper } from '../mount/dmcrypt/dmcrypt-available.ts';
import { hasDmCrypt } from '../mount/kernel-device.ts';
import { whyNoUdisks } from '../mount/udisks/udisks-available.ts';

/** One backend after the other, and why those before it were not used. */
export type Ladder = Readonly<{ rungs: readonly MountBackendName[]; notes: readonly string[] }>;

/** Refusals of a backend after which another may still serve the vault. */
const NEXT_AFTER: readonly ErrorCode[] = [
  'helper-missing',
  'helper-denied',
  'kernel-unsupported',
  'kernel-refused',
  'filesystem-unsupported',
  'udisks-missing',
  'udisks-denied',
];

/** What people call the backends. */
const NAMES: Readonly<Record<MountBackendName, string>> = {
  udisks: 'udisks2',
  dmcrypt: 'dm-crypt',
  fuse: 'FUSE',
};

/**
 * Returns the backends to try for a vault, in order: the one that was chosen, or for `auto` those
 * that can be used without a question to the user.
 *
 * @param hasMountPoint - The user has named a folder, which udisks2 would not use.
 */
export async function backendLadder(
  choice: BackendChoice,
  hasMountPoint: boolean,
): Promise<Ladder> {
  if (choice !== 'auto') return { rungs: [choice], notes: [] };
  if (!hasDmCrypt()) {
    const note = describeRefusal('dmcrypt', new MountError('kernel-unsupported', {}));
    return { rungs: ['fuse'], notes: [note] };
  }
  const refusals = {
    udisks: hasMountPoint
      ? new MountError('udisks-denied', { reason: 'it chooses the folder itself' })
      : await whyNoUdisks(),
    dmcrypt: await whyNoHelper(false),
    fuse: undefined,
  };
  const notes = MOUNT_BACKENDS.flatMap((backend) => {
    const refusal = refusals[backend];
    return refusal === undefined ? [] : [describeRefusal(backend, refusal)];
  });
  return { rungs: MOUNT_BACKENDS.filter((backend) => refusals[backend] === undefined), notes };
}

/**
 * Runs `attempt` with each backend of a ladder until one serves the vault.
 *
 * @param attempt - Gets the backend, and why those before it do not serve the vault.
 * @throws What the last backend, or one with a refusal that no other could heal, refused with.
 */
export async function climb<T>(
  { rungs, notes }: Ladder,
  attempt: (backend: MountBackendName, notes: readonly string[]) => Promise<T>,
): Promise<T> {
  const reasons = [...notes];
  for (const backend of rungs) {
    try {
      return await attempt(backend, reasons);
    } catch (error) {
      const isLast = backend === rungs.at(-1);
      if (isLast || !(error instanceof VaultError) || !NEXT_AFTER.includes(error.code)) throw error;
      reasons.push(describeRefusal(backend, error));
    }
  }
  throw new MountError('backend-missing', {});
}

function describeRefusal(backend: MountBackendName, { code, data }: VaultError): string {
  const reason = typeof data['reason'] === 'string' ? `: ${data['reason']}` : '';
  return `${NAMES[backend]} not used: ${ERROR_CODES[code].message}${reason}`.slice(0, 300);
}
