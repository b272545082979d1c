import { MountError } from '../../../shared/errors/vault-error.ts';
import { isAuthorised } from '../../system/ask-polkit.ts';
import { hasDmCrypt } from '../kernel-device.ts';
import { findHelper } from './find-helper.ts';

/** As the policy beside the helper names it. */
const POLKIT_ACTION = 'org.lockline.dmcrypt';

/**
 * Tells why the helper cannot be used here; `undefined` where it can.
 *
 * @param mayAsk - Whether somebody may be asked for a password.
 */
export async function whyNoHelper(mayAsk: boolean): Promise<MountError | undefined> {
  if (!hasDmCrypt()) return new MountError('kernel-unsupported', {});
  try {
    findHelper();
  } catch (error) {
    if (error instanceof MountError) return error;
    throw error;
  }
  if (mayAsk || (await isAuthorised(POLKIT_ACTION))) return undefined;
  return new MountError('helper-denied', { reason: 'would ask for a password' });
}
