import type { KernelMount } from '../../shared/model/backend.ts';
import { whyNoHelper } from '../mount/dmcrypt/dmcrypt-available.ts';
import { closeByHelper } from '../mount/dmcrypt/dmcrypt-volume.ts';
import { hasMapping } from '../mount/kernel-device.ts';
import { closeByUdisks } from '../mount/udisks/udisks-volume.ts';

/**
 * Closes the mapping of a vault process that died, where the kernel still has it.
 *
 * @param mayAsk - Whether somebody may be asked for a password.
 * @throws MountError `unmount-busy`, `helper-denied` and others where it stays open.
 */
export async function closeLeftMapping(
  backend: string,
  kernel: KernelMount,
  mayAsk: boolean,
): Promise<void> {
  if (!hasMapping(kernel)) return;
  if (backend === 'udisks') {
    await closeByUdisks(kernel);
    return;
  }
  const refusal = await whyNoHelper(mayAsk);
  if (refusal !== undefined) throw refusal;
  await closeByHelper(kernel.mapping);
}
