/**
 * `npm test`: installs the Debian packages that the tests need where it runs as root, names them
 * where it does not, builds what is tested and runs every test.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TEST_PACKAGES } from './debian-packages.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const FOLDERS = ['/usr/sbin', '/sbin', '/usr/bin', '/bin'];

function isInstalled(program: string): boolean {
  if (program.startsWith('/')) return existsSync(program);
  return FOLDERS.some((folder) => existsSync(`${folder}/${program}`));
}

function run(command: string, args: readonly string[], env: Record<string, string> = {}): number {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  return result.status ?? 1;
}

function installMissing(): void {
  const missing = Object.entries(TEST_PACKAGES).filter(([program]) => !isInstalled(program));
  const packages = [...new Set(missing.map(([, name]) => name))];
  if (packages.length === 0) return;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync('/usr/bin/apt-get')) {
    console.warn(
      `Some tests will be skipped. To run them all: apt-get install ${packages.join(' ')}`,
    );
    return;
  }
  console.log(`Installing for the tests: ${packages.join(' ')}`);
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], quiet);
  const options = ['install', '-y', '-qq', '--no-install-recommends'];
  if (run('apt-get', [...options, ...packages], quiet) !== 0) {
    console.warn(
      'Some packages could not be installed; their tests are skipped, or fail under CI=true',
    );
  }
}

installMissing();
process.exit(run(`${root}node_modules/.bin/vitest`, ['run', ...process.argv.slice(2)]));
