import { accessSync, constants } from 'node:fs';
import { isAbsolute, join } from 'node:path';

const SYSTEM_FOLDERS = ['/usr/bin', '/bin', '/usr/local/bin', '/run/wrappers/bin'];

/** Environment of `fusermount3`: nothing of ours but what it needs; messages in English. */
export const FUSERMOUNT_ENVIRONMENT = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
} as const;

/** Returns the absolute path of `fusermount3`, system folders first; `undefined` if not installed. */
export function findFusermount(): string | undefined {
  const searchPath = (process.env['PATH'] ?? '').split(':').filter((folder) => isAbsolute(folder));
  return [...SYSTEM_FOLDERS, ...searchPath]
    .map((folder) => join(folder, 'fusermount3'))
    .find((path) => isExecutable(path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // the question is only whether it is there
  }
}
