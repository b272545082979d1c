import { VaultError } from '../../../shared/errors/vault-error.ts';
import { removeOwnMountPoint } from '../mount-point.ts';
import { probeMount } from './fuse-health.ts';
import { isOurs, readMounts } from './fuse-mounts.ts';
import { unmountFuse } from './fuse-unmount.ts';

/**
 * Clears the FUSE mounts that a dead Lockline process of this user left behind, and the folders that
 * Lockline had made for them. Mounts that answer, and mounts of others, are never touched.
 *
 * @param isCandidate - Which mount points to look at. A look costs a living mount a request.
 * @returns The mount points that are free again.
 */
export async function clearStaleMounts(
  isCandidate: (mountPoint: string) => boolean,
): Promise<string[]> {
  const cleared: string[] = [];
  for (const { mountPoint } of readMounts().filter(isOurs)) {
    if (!isCandidate(mountPoint)) continue;
    if ((await probeMount(mountPoint)) !== 'stale') continue;
    try {
      await unmountFuse(mountPoint, { isForced: true });
    } catch (error) {
      if (error instanceof VaultError) continue; // left for the next start, and for `unmount --force`
      throw error;
    }
    removeOwnMountPoint(mountPoint);
    cleared.push(mountPoint);
  }
  return cleared;
}
