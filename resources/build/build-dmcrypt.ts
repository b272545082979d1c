/**
 * Builds the dm-crypt helper, where it is missing or older than its source. It is optional: on
 * another system than Linux, or with no compiler, this says so in one line and ends well.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SOURCE = join(ROOT, 'resources/linux/dmcrypt');
const BUILD = join(ROOT, 'resources/linux/build');
/** The helper as built; the packages install it in `/usr/libexec/lockline`. */
const DMCRYPT_HELPER = 'resources/linux/build/lockline-dmcrypt';

const COMPILER = process.env['CC'] ?? 'cc';
const FLAGS = [
  '-std=gnu17',
  '-D_GNU_SOURCE',
  '-D_FORTIFY_SOURCE=2',
  '-O2',
  '-Wall',
  '-Wextra',
  '-fPIE',
  '-pie',
  '-fstack-protector-strong',
  '-Wl,-z,relro,-z,now',
];

function isUpToDate(): boolean {
  const helper = join(ROOT, DMCRYPT_HELPER);
  if (!existsSync(helper)) return false;
  const inputs = readdirSync(SOURCE).map((name) => join(SOURCE, name));
  const newestMs = Math.max(
    ...[fileURLToPath(import.meta.url), ...inputs].map((path) => statSync(path).mtimeMs),
  );
  return statSync(helper).mtimeMs >= newestMs;
}

/** Returns why it failed, or `undefined`. */
function compile(): string | undefined {
  if (process.platform !== 'linux') return `it is for Linux, not ${process.platform}`;
  mkdirSync(BUILD, { recursive: true });
  const sources = readdirSync(SOURCE).filter((name) => name.endsWith('.c'));
  const work = join(BUILD, `work-${process.pid}`);
  const { error, status, stderr } = spawnSync(COMPILER, [...FLAGS, ...sources, '-o', work], {
    cwd: SOURCE,
    encoding: 'utf8',
  });
  if (error) return `no C compiler (${COMPILER})`;
  if (status !== 0) return stderr.trim().split('\n')[0] ?? 'the compiler failed';
  renameSync(work, join(ROOT, DMCRYPT_HELPER));
  return undefined;
}

if (!isUpToDate()) {
  const problem = compile();
  if (problem !== undefined) console.log(`The dm-crypt helper is not built: ${problem}`);
}
