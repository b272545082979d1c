import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Returns the folder of Lockline's own data (never vaults), made 0700 where it is missing. */
export function dataFolder(): string {
  const folder = join(parentFolder(), 'lockline');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

function parentFolder(): string {
  const fromEnvironment = process.env[process.platform === 'win32' ? 'APPDATA' : 'XDG_DATA_HOME'];
  if (fromEnvironment !== undefined && fromEnvironment !== '') return fromEnvironment;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support');
  return join(homedir(), '.local', 'share');
}
