import { lstatSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { socketPathOf } from './nbd-endpoint.ts';

/**
 * Removes the Unix socket that a dead server left behind: a socket of this user on which nobody
 * listens. Anything else in its place is left alone, and so is the URI of a port.
 */
export async function removeStaleSocket(uri: string): Promise<void> {
  const path = socketPathOf(uri);
  if (path === undefined) return;
  const stat = lstatSync(path, { throwIfNoEntry: false });
  const isOurs = stat?.isSocket() === true && stat.uid === process.getuid?.();
  if (isOurs && (await isRefused(path))) rmSync(path, { force: true });
}

function isRefused(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path, () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED'));
  });
}
