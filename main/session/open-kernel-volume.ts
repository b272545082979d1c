import { MountError } from '../../shared/errors/vault-error.ts';
import { SecretBytes } from '../bytes/secret-bytes.ts';
import { readContainer } from '../luks/container.ts';
import { readFlags } from '../luks/set-flags.ts';
import { openByHelper } from '../mount/dmcrypt/dmcrypt-volume.ts';
import type { KernelVolume } from '../mount/kernel-volume.ts';
import {
  claimDefaultMountPoint,
  prepareMountPoint,
  releaseMountPoint,
} from '../mount/mount-point.ts';
import { openByUdisks } from '../mount/udisks/udisks-volume.ts';
import { lookInside } from './look-inside.ts';
import type { SessionRequest } from './session-request.ts';
import type { UnlockedContainer } from './unlocked-container.ts';

type MountRequest = Extract<SessionRequest, { verb: 'mount' }>;

/** A volume that the kernel serves, as a vault process keeps it. */
export type OpenKernelVolume = Readonly<{
  volume: KernelVolume;
  filesystem: string;
  /** The mount point was made for this session. */
  ownsMountPoint: boolean;
  /** Removes what was made for it; the volume is closed. */
  release: () => void;
}>;

/**
 * Has the kernel open and mount a container that our own code has unlocked and looked into.
 *
 * @param passphrase - Borrowed: for udisks2, which takes nothing else.
 * @throws VaultError with the code that tells why; then nothing is left behind.
 */
export async function openKernelVolume(
  request: MountRequest,
  container: UnlockedContainer,
  passphrase: SecretBytes,
  signal: AbortSignal,
): Promise<OpenKernelVolume> {
  using lastSector = SecretBytes.allocate(container.unlocked.segment.sectorBytes);
  const filesystem = lookInside(container, lastSector);
  if (request.backend !== 'udisks') {
    return { filesystem, ...(await openWithHelper(request, container, lastSector, signal)) };
  }
  if (request.mountPoint !== null) {
    throw new MountError('mountpoint-invalid', { reason: 'udisks2 chooses the folder itself' });
  }
  if (request.headerPath !== undefined) {
    throw new MountError('udisks-denied', { reason: 'it knows no detached headers' });
  }
  const { device, isReadOnly } = container;
  const header = readContainer(device);
  const headerFlags = header.version === 2 ? readFlags(header.luks2).flags : [];
  // The loop device keeps the descriptor's own lock for as long as it lives.
  const options = { fd: device.fd, isReadOnly, headerFlags, signal };
  const volume = await openByUdisks(options, passphrase);
  return { volume, filesystem, ownsMountPoint: false, release: () => {} };
}

async function openWithHelper(
  request: MountRequest,
  container: UnlockedContainer,
  lastSector: SecretBytes,
  signal: AbortSignal,
): Promise<Omit<OpenKernelVolume, 'filesystem'>> {
  const { unlocked, path, isReadOnly } = container;
  const mountPoint =
    request.mountPoint === null
      ? claimDefaultMountPoint(container.name)
      : prepareMountPoint(request.mountPoint);
  const release = () => releaseMountPoint(mountPoint);
  // The helper takes the lock of the one writer: two cannot have it.
  container.device[Symbol.dispose]();
  const options = {
    path,
    uuid: unlocked.uuid,
    isReadOnly,
    headerPath: request.headerPath ?? null,
    mountPoint: mountPoint.path,
    flags: request.kernelFlags ?? null,
    driver: request.kernelDriver ?? null,
    signal,
  };
  try {
    const volume = await openByHelper(options, unlocked.volumeKey, lastSector);
    return { volume, ownsMountPoint: mountPoint.isCreated, release };
  } catch (error) {
    release();
    throw error;
  }
}
