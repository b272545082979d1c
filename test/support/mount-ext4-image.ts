import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { unmountFuse } from '../../main/mount/fuse/fuse-unmount.ts';
import { LEAN_FLAGS, vaultProcessEnvironment } from '../../main/session/vault-process-starter.ts';

const SCRIPT = fileURLToPath(new URL('./ext4-mount-child.ts', import.meta.url));

/** An ext4 image that a process of its own serves over FUSE. */
export type MountedImage = AsyncDisposable &
  Readonly<{
    path: string;
    pid: number;
    /** Unmounts; rejects where serving had a fault or did not end well. */
    unmount(): Promise<void>;
  }>;

/** Serves an image on a folder that is made for it, by a process that is started as a vault's is. */
export async function mountExt4Image(image: string, path = `${image}.fuse`): Promise<MountedImage> {
  mkdirSync(path);
  const child = spawn(process.execPath, [...LEAN_FLAGS, SCRIPT, image, path], {
    env: vaultProcessEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  await untilReady(child, () => said);
  let isServed = true;
  const unmount = async (isForced: boolean): Promise<void> => {
    if (!isServed) return;
    isServed = false;
    await unmountFuse(path, { isForced });
    await closed;
    rmdirSync(path);
    if (!isForced && (child.exitCode !== 0 || said !== '')) {
      throw new Error(`serving ended with ${child.exitCode}: ${said}`);
    }
  };
  return {
    path,
    pid: child.pid ?? 0,
    unmount: () => unmount(false),
    [Symbol.asyncDispose]: () => unmount(true),
  };
}

async function untilReady(child: ChildProcess, said: () => string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`serving ended with ${code}: ${said()}`)));
    child.stdout?.on('data', (chunk) => {
      if (String(chunk).startsWith('ready')) resolve();
    });
  });
}
