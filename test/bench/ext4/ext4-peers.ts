import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { makeExt4 } from '../../support/ext4-image.ts';
import { mountExt4Image } from '../../support/mount-ext4-image.ts';

/** A way to mount an ext4 image. */
export type Peer = 'lockline' | 'fuse2fs' | 'kernel';

/** A mounted image. `pid` is the process that serves it, where one does. */
export type Served = Readonly<{ path: string; pid: number | undefined; unmount(): Promise<void> }>;

const WAIT_MS = 20;
const SIZE_MIB = 4096;
const FORMAT = '-t ext4 -N 400000';

/** Makes a fresh image: every peer starts from the same. */
export function makeImage(image: string): void {
  makeExt4(image, SIZE_MIB, FORMAT.split(' '));
}

export async function serve(peer: Peer, image: string): Promise<Served> {
  const path = `${image}.${peer}`;
  if (peer === 'lockline') {
    const { pid, unmount } = await mountExt4Image(image, path);
    return { path, pid, unmount };
  }
  mkdirSync(path);
  if (peer === 'fuse2fs') return serveByFuse2fs(image, path);
  execFileSync('mount', ['-t', 'ext4', '-o', 'loop', image, path]);
  return {
    path,
    pid: undefined,
    unmount: () => {
      execFileSync('umount', [path]);
      rmdirSync(path);
      return Promise.resolve();
    },
  };
}

async function serveByFuse2fs(image: string, path: string): Promise<Served> {
  const child = spawn('fuse2fs', ['-f', image, path], { stdio: 'ignore' });
  const closed = once(child, 'close');
  while (!isMounted(path)) await setTimeout(WAIT_MS);
  return {
    path,
    pid: child.pid,
    unmount: async () => {
      execFileSync('umount', [path]);
      await closed;
      rmdirSync(path);
    },
  };
}

function isMounted(path: string): boolean {
  return readFileSync('/proc/mounts', 'utf8').includes(` ${path} `);
}
