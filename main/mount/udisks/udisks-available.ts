import { MountError, VaultError } from '../../../shared/errors/vault-error.ts';
import { isAuthorised } from '../../system/ask-polkit.ts';
import { UdisksBus } from './udisks-bus.ts';

const LOOP_ACTION = 'org.freedesktop.udisks2.loop-setup';

/** Tells why udisks2 cannot be used in this session; `undefined` where it can. */
export async function whyNoUdisks(): Promise<MountError | undefined> {
  if (process.platform !== 'linux') return new MountError('udisks-missing', {});
  try {
    using bus = await UdisksBus.open();
    if (!(await bus.isThere())) return new MountError('udisks-missing', { reason: 'no service' });
  } catch (error) {
    if (error instanceof MountError) return error;
    if (error instanceof VaultError) return new MountError('udisks-missing', {}, error);
    throw error;
  }
  if (await isAuthorised(LOOP_ACTION)) return undefined;
  return new MountError('udisks-denied', { reason: 'not the active session' });
}
