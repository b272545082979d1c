import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { MountError } from '../../../shared/errors/vault-error.ts';
import { processStart } from '../../system/process-start.ts';
import { findHelper } from './find-helper.ts';

const PKCHECK = '/usr/bin/pkcheck';
/** As the policy beside the helper names it. */
const POLKIT_ACTION = 'org.lockline.dmcrypt';
const CHECK_TIMEOUT_MS = 5_000;

/** Tells whether the kernel has dm-crypt, loaded or to be loaded. Reads files only. */
export function hasDmCrypt(): boolean {
  if (process.platform !== 'linux') return false;
  if (existsSync('/sys/module/dm_crypt')) return true;
  const folder = `/lib/modules/${release()}`;
  return ['modules.builtin', 'modules.dep'].some((name) =>
    /^\S*\/dm-crypt\.ko/m.test(readText(`${folder}/${name}`)),
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // not there, which is the answer
  }
}

/**
 * Tells why the helper cannot be used here; `undefined` where it can.
 *
 * @param mayAsk - Whether somebody may be asked for a password.
 */
export async function whyNoHelper(mayAsk: boolean): Promise<MountError | undefined> {
  if (!hasDmCrypt()) return new MountError('kernel-unsupported', {});
  try {
    findHelper();
  } catch (error) {
    if (error instanceof MountError) return error;
    throw error;
  }
  if (mayAsk || process.getuid?.() === 0 || (await isAuthorised())) return undefined;
  return new MountError('helper-denied', { reason: 'would ask for a password' });
}

/** Asks polkit whether this process may run the helper without a question. */
function isAuthorised(): Promise<boolean> {
  const subject = `${process.pid},${processStart(process.pid) ?? '0'},${process.getuid?.() ?? 0}`;
  return new Promise((resolve) => {
    execFile(
      PKCHECK,
      ['--action-id', POLKIT_ACTION, '--process', subject],
      { timeout: CHECK_TIMEOUT_MS, cwd: '/' },
      (error) => resolve(error === null),
    );
  });
}
