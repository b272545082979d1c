import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./fuse-memory-child.ts', import.meta.url));

/** A child process that serves a filesystem in memory, running as another user where asked. */
export type FuseChild = Readonly<{
  process: ChildProcess;
  /** Ends its input, so that it unmounts; resolves to its last line of output. */
  finish(): Promise<string>;
  kill(): Promise<void>;
}>;

/** Resolves when the child's mount is usable; rejects with what it printed if it never is. */
export async function startFuseChild(
  mountPoint: string,
  user?: number,
  faultPath?: string,
): Promise<FuseChild> {
  const faults = faultPath === undefined ? [] : [faultPath];
  const child = spawn(process.execPath, [SCRIPT, mountPoint, ...faults], {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: '/',
    ...(user !== undefined && { uid: user, gid: user, env: { PATH: '/usr/bin:/bin' } }),
  });
  let output = '';
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += String(chunk);
  });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`child ended with ${code}: ${errors}`)));
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
      if (output.startsWith('ready\n')) resolve();
    });
  });
  return {
    process: child,
    finish: async () => {
      const ended = once(child, 'close');
      child.stdin.end();
      await ended;
      return output.trim().split('\n').at(-1) ?? '';
    },
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'close');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
