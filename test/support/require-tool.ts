import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const SYSTEM_FOLDERS = [
  '/usr/sbin',
  '/sbin',
  '/usr/bin',
  '/bin',
  '/usr/local/bin',
  '/usr/local/sbin',
];

/**
 * Tells whether a program, or a file by its path, is installed. Under `CI=true` a missing one is a failure, elsewhere the
 * caller skips by name: `describe.skipIf(!requireTool('fio', 'fio'))`.
 *
 * @param debianPackage - What to install, named in the message.
 */
export function requireTool(program: string, debianPackage: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...SYSTEM_FOLDERS];
  if (program.startsWith('/') && existsSync(program)) return true;
  if (folders.some((folder) => folder !== '' && existsSync(join(folder, program)))) return true;
  if (process.env['CI'] === 'true')
    throw new Error(`${program} is missing: install ${debianPackage}`);
  console.warn(`skipped: ${program} is missing (Debian package ${debianPackage})`);
  return false;
}
