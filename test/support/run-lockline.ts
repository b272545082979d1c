import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

const ENTRY = fileURLToPath(new URL('../../main/cli/lockline.ts', import.meta.url));
/** What is installed: `npm run build` makes it. */
export const BUILT_ENTRY = fileURLToPath(
  new URL('../../dist/main/cli/lockline.js', import.meta.url),
);

/** The command line as a user of its own: private data and runtime folders, removed when disposed. */
export type Lockline = AsyncDisposable &
  Readonly<{
    folder: TemporaryFolder;
    environment: Readonly<Record<string, string>>;
    /** Runs a command to its end. */
    run: (args: readonly string[], options?: RunOptions) => Promise<Outcome>;
    /** Runs a command that must succeed and returns its JSON document. */
    json: (args: readonly string[], options?: RunOptions) => Promise<Record<string, unknown>>;
    start: (args: readonly string[], options?: RunOptions) => ChildProcessWithoutNullStreams;
    /** Writes a passphrase file and returns its path. */
    passphraseFile: (text: string) => string;
  }>;

export type RunOptions = Readonly<{
  stdin?: string;
  uid?: number;
  gid?: number;
  cwd?: string;
  environment?: Readonly<Record<string, string>>;
}>;
export type Outcome = Readonly<{ code: number | null; stdout: string; stderr: string }>;

/**
 * @param folder - Owned: removed when disposed, after every vault in it was locked.
 * @param entry - The program; its sources unless told.
 */
export function createLockline(folder = temporaryFolder(), entry = ENTRY): Lockline {
  const runtime = folder.file('run');
  mkdirSync(join(tmpdir(), 'node-compile-cache'), { recursive: true });
  mkdirSync(runtime, { mode: 0o700 });
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder.path,
    LANG: 'C.UTF-8',
    XDG_RUNTIME_DIR: runtime,
    XDG_DATA_HOME: folder.file('data'),
    // One for the whole run: what is compiled once serves every test.
    XDG_CACHE_HOME: join(tmpdir(), 'node-compile-cache'),
  };
  const start = (args: readonly string[], options: RunOptions = {}) =>
    spawn(process.execPath, [entry, ...args], {
      cwd: options.cwd ?? folder.path,
      env: { ...environment, ...options.environment },
      // A session of its own: no terminal to ask on, whatever the tests run in.
      detached: true,
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
    });
  const run = (args: readonly string[], options: RunOptions = {}) =>
    new Promise<Outcome>((resolve, reject) => {
      const child = start(args, options);
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        stdout += chunk;
      });
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        stderr += chunk;
      });
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout, stderr }));
      child.stdin.on('error', () => {});
      child.stdin.end(options.stdin ?? '');
    });
  return {
    folder,
    environment,
    start,
    run,
    json: async (args, options) => {
      const { code, stdout, stderr } = await run([...args, '--json'], options);
      if (code !== 0) throw new Error(`lockline ${args.join(' ')} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout) as Record<string, unknown>;
    },
    passphraseFile: (text) => {
      const path = folder.file(`passphrase-${Buffer.from(text).toString('hex').slice(0, 16)}`);
      writeFileSync(path, text);
      chmodSync(path, 0o644);
      return path;
    },
    [Symbol.asyncDispose]: async () => {
      await run(['unmount', '--all', '--force']);
      folder[Symbol.dispose]();
    },
  };
}

/** Options of `create` that make it cheap, so that a test waits for nothing. */
export const CHEAP_KDF = ['--pbkdf-force-iterations', '4', '--pbkdf-memory', '64'] as const;
