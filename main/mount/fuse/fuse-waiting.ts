import { readFileSync } from 'node:fs';
import { readMounts } from './fuse-mounts.ts';

/** Where Linux shows its FUSE connections, each to the user who made it. */
const CONNECTIONS_FOLDER = '/sys/fs/fuse/connections';

/**
 * Returns a function that tells how many requests the kernel holds for a mount, being served or not
 * yet; null where the system does not show it (`fusectl` is not mounted, or not for this user).
 *
 * @param mountPoint - As the kernel's mount table has it, mounted.
 */
export function createWaitingReader(
  mountPoint: string,
  folder = CONNECTIONS_FOLDER,
): () => number | null {
  const connection = readMounts().findLast((entry) => entry.mountPoint === mountPoint)?.connection;
  if (connection === undefined) return () => null;
  const path = `${folder}/${connection}/waiting`;
  return () => {
    try {
      const count = Number.parseInt(readFileSync(path, 'utf8'), 10);
      return Number.isNaN(count) ? null : count;
    } catch {
      return null; // not shown here
    }
  };
}
