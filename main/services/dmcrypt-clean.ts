import { cleanByHelper } from '../mount/dmcrypt/clean-leftovers.ts';
import type { Leftover } from '../mount/dmcrypt/parse-answer.ts';
import { hasDmCrypt } from '../mount/kernel-device.ts';
import { clearLeftovers } from './open-sessions.ts';

export type { Leftover };

/**
 * Closes what a crash has left of this user's vaults in the kernel, and forgets their sessions.
 *
 * @param isLook - Nothing is closed.
 * @throws MountError `helper-missing`, `helper-denied`
 */
export async function cleanKernelLeftovers(isLook: boolean): Promise<readonly Leftover[]> {
  // Without dm-crypt there is nothing that it could have left.
  if (!hasDmCrypt()) return [];
  const leftovers = await cleanByHelper(isLook);
  if (!isLook) await clearLeftovers(undefined, ({ kernel }) => kernel !== undefined);
  return leftovers;
}
