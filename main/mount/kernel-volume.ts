import type { KernelMount } from '../../shared/model/backend.ts';
import type { KernelFlagName } from '../../shared/model/dmcrypt.ts';

/** What of a mapping is to change: what is not named stays as it is. */
export type KernelChanges = Readonly<{
  flags?: readonly KernelFlagName[] | undefined;
  /** Implementation of the cipher; `default` leaves the choice to the kernel again. */
  driver?: string | undefined;
}>;

/** A vault that the kernel has open and mounted. */
export interface KernelVolume {
  readonly mountPoint: string;
  /** As it was when it was opened or last refreshed. */
  readonly kernel: KernelMount;
  /** Changes the mapping under load. @throws VaultError `flags-refused`, `backend-unsuited` */
  refresh(changes: KernelChanges): Promise<KernelMount>;
  /**
   * Unmounts, and removes mapping, loop device and key.
   *
   * @throws MountError `unmount-busy`: then nothing was changed.
   */
  close(options: Readonly<{ isForced: boolean }>): Promise<void>;
}
