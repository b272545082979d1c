import type { AppSnapshot } from '../../shared/model/app.ts';
import type { Host } from '../ipc/host.ts';
import type { Services } from '../services/services.ts';

/**
 * Opens the folder of each vault that this process mounts, where the settings say so.
 *
 * @param onFailure - Called with what the host threw: the vault is mounted all the same.
 * @returns Dispose it to stop.
 */
export function openFoldersAfterMount(
  services: Services,
  host: Host,
  onFailure: (error: unknown) => void,
): Disposable {
  const unlocking = new Set<string>();
  return services.subscribe((snapshot) => {
    for (const mountPoint of findFreshMounts(snapshot, unlocking)) {
      if (!snapshot.settings.openFolderAfterMount || !host.capabilities.canOpenFolders) continue;
      host.openFolder(mountPoint).catch(onFailure);
    }
  }, 'changes');
}

/** Keeps the vaults whose unlocking was seen here, so that those mounted elsewhere stay quiet. */
function findFreshMounts(snapshot: AppSnapshot, unlocking: Set<string>): readonly string[] {
  const mountPoints: string[] = [];
  for (const { id, state, mountPoint } of snapshot.vaults) {
    if (state === 'unlocking') unlocking.add(id);
    else if (unlocking.delete(id) && state === 'mounted' && mountPoint !== null) {
      mountPoints.push(mountPoint);
    }
  }
  return mountPoints;
}
