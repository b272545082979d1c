import type { KernelMount } from '../../shared/model/backend.ts';
import {
  type KernelFlagName,
  type KernelFlagWarning,
  sortFlags,
  warnAboutFlags,
} from '../../shared/model/dmcrypt.ts';
import { callSession } from '../session/control-client.ts';
import type { SessionDescription } from '../session/session-description.ts';
import type { VaultRepository } from '../store/vault-repository.ts';
import { kernelVersion } from '../system/kernel-release.ts';
import { requireSession } from './open-sessions.ts';

/** Somebody may have to type a password. */
const REFRESH_TIMEOUT_MS = 310_000;

/** What of a kernel-mounted vault is to change; what is not named stays as it is. */
export type KernelTuning = Readonly<{
  flags?: readonly KernelFlagName[] | undefined;
  /** `default` leaves the implementation to the kernel. */
  driver?: string | undefined;
}>;

/** A vault whose mapping was changed: what is really in force, and what speaks against it. */
export type TunedKernel = Readonly<{
  session: SessionDescription;
  kernel: KernelMount;
  warnings: readonly KernelFlagWarning[];
}>;

/**
 * Changes the mapping of a session and returns what is in force.
 *
 * @throws StateError `backend-unsuited`; UnsupportedError `flags-refused`
 */
export async function refreshMapping(
  session: SessionDescription,
  { flags, driver }: KernelTuning,
): Promise<KernelMount> {
  const request = {
    verb: 'refresh',
    ...(flags === undefined ? {} : { flags: sortFlags(flags) }),
    ...(driver === undefined ? {} : { driver }),
  } as const;
  return await callSession(session, request, REFRESH_TIMEOUT_MS);
}

/**
 * Changes flags and implementation of a vault that the kernel serves, while it is in use, and
 * remembers them for its next mount by the helper.
 *
 * @param fileOrFolder - The container or its mount point; absolute.
 * @throws StateError `not-mounted`; `backend-unsuited` where the mapping is not the helper's;
 * UnsupportedError `flags-refused`: then nothing has changed.
 */
export async function tuneKernel(
  vaults: VaultRepository,
  fileOrFolder: string,
  { flags, driver }: KernelTuning,
): Promise<TunedKernel> {
  const session = requireSession(fileOrFolder);
  const kernel = await refreshMapping(session, { flags, driver });
  const { path, uuid, label } = session;
  vaults.remember(path, { uuid, label });
  vaults.preferBackend(path, {
    ...(flags === undefined ? {} : { flags }),
    ...(driver === undefined ? {} : { driver: driver === 'default' ? null : driver }),
  });
  return { session, kernel, warnings: warnAboutFlags(kernel.flags, kernelVersion()) };
}
