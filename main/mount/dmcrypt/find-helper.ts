import { lstatSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MountError } from '../../../shared/errors/vault-error.ts';

/**
 * The root helper and how it is called.
 *
 * SECURITY: a fixed place that only root can write to. Nothing in the environment can name another
 * one: this code may run as root.
 */

/** Where the packages install the helper; its polkit policy names the same path. */
const INSTALLED_HELPER = '/usr/libexec/lockline/lockline-dmcrypt';
/** Where a checkout builds it: of use to root alone, since no policy names it. */
const BUILT_HELPER = fileURLToPath(
  new URL('../../../resources/linux/build/lockline-dmcrypt', import.meta.url),
);
const PKEXEC = '/usr/bin/pkexec';
const WRITABLE_BY_OTHERS = 0o022;

/** A program and its first arguments, to which a verb and its own are added. */
export type HelperCommand = Readonly<{ program: string; programArguments: readonly string[] }>;

/**
 * Returns how the helper is run here: directly by root, by `pkexec` for everybody else.
 *
 * @throws MountError `helper-missing` with the reason.
 */
export function findHelper(): HelperCommand {
  if (process.platform !== 'linux') throw missing('not Linux');
  const isRoot = process.getuid?.() === 0;
  const places = isRoot ? [INSTALLED_HELPER, BUILT_HELPER] : [INSTALLED_HELPER];
  const helper = places.find(isTrusted);
  if (helper === undefined) throw missing('no helper');
  if (isRoot) return { program: helper, programArguments: [] };
  if (!isTrusted(PKEXEC)) throw missing('no pkexec');
  return { program: PKEXEC, programArguments: ['--disable-internal-agent', helper] };
}

/** An ordinary file of root's that nobody else can change. */
function isTrusted(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true && stats.uid === 0 && (stats.mode & WRITABLE_BY_OTHERS) === 0;
}

function missing(reason: string): MountError {
  return new MountError('helper-missing', { reason });
}
