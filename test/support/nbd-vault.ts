import { execFile } from 'node:child_process';
import { CHEAP_KDF, type Lockline, type RunOptions } from './run-lockline.ts';

export const NBD_PASSPHRASE = 'correct horse battery staple';

export type ProgramOutcome = Readonly<{ code: number; stdout: string; stderr: string }>;

/** Runs a program to its end; `uid` where it runs as another user. */
export function program(
  name: string,
  args: readonly string[],
  options: Readonly<{ uid?: number; cwd?: string }> = {},
): Promise<ProgramOutcome> {
  return new Promise((resolve) => {
    const { uid, cwd } = options;
    const user = uid === undefined ? {} : { uid, gid: uid };
    execFile(
      name,
      args,
      {
        timeout: 60_000,
        maxBuffer: 64 * 1024 * 1024,
        ...(cwd === undefined ? {} : { cwd }),
        ...user,
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      },
    );
  });
}

/** Runs a program that must succeed and returns its standard output. */
export async function programOk(name: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await program(name, args);
  if (code !== 0)
    throw new Error(`${name} ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
  return stdout;
}

/** Creates a vault without a filesystem and returns its path. */
export async function createRawVault(
  lockline: Lockline,
  options: Readonly<{ sectorBytes?: number; size?: string; run?: RunOptions }> = {},
): Promise<string> {
  const file = lockline.folder.file('vault');
  const { sectorBytes = 4096, size = '48M' } = options;
  const passphrase = ['--passphrase-file', lockline.passphraseFile(NBD_PASSPHRASE)];
  const how = ['--size', size, '--fs', 'none', '--sector-size', String(sectorBytes), ...CHEAP_KDF];
  await lockline.json(['create', file, ...how, ...passphrase], options.run);
  return file;
}

/** Serves a vault on a socket beside it and returns the URI. */
export async function serveVault(
  lockline: Lockline,
  file: string,
  more: readonly string[] = [],
  run?: RunOptions,
): Promise<string> {
  const passphrase = ['--passphrase-file', lockline.passphraseFile(NBD_PASSPHRASE)];
  const where = more.includes('--port') ? [] : ['--socket', lockline.folder.file('socket')];
  const served = await lockline.json(['nbd', file, ...where, ...more, ...passphrase], run);
  return String(served['uri']);
}
