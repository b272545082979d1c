import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { type UtilityProcess, utilityProcess } from 'electron/main';
import { StateError } from '../../../shared/errors/vault-error.ts';
import {
  LEAN_FLAGS,
  type StartVaultProcess,
  type VaultProcess,
  vaultProcessEnvironment,
} from '../../session/vault-process-starter.ts';
import { entryPath } from '../../system/entry-path.ts';
import { makeRuntimeFolder } from '../../system/runtime-folder.ts';
import type { SocketInvitation } from './socket-channel.ts';

const TOKEN_BYTES = 32;
const CONNECT_WAIT_MS = 20_000;

/**
 * Starts vault processes as utility processes: the app's binary runs no other script, and a utility
 * process ends with the app. It has no standard input, so the request goes over a socket in a folder
 * of the user's own; who connects first has to show the token that only the new process was given.
 *
 * @see https://www.electronjs.org/docs/latest/api/utility-process
 */
export const startUtilityVault: StartVaultProcess = async () => {
  const id = randomBytes(8).toString('hex');
  const path =
    process.platform === 'win32'
      ? `\\\\.\\pipe\\lockline-${id}`
      : join(makeRuntimeFolder('sessions'), `${id}.request`);
  const token = randomBytes(TOKEN_BYTES);
  const server = createServer();
  server.listen(path);
  await once(server, 'listening');
  const child = utilityProcess.fork(entryPath('./vault-utility', import.meta.url), [], {
    serviceName: 'Lockline vault',
    stdio: 'ignore',
    env: vaultProcessEnvironment(),
    execArgv: [...LEAN_FLAGS],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    const invitation: SocketInvitation = { path, token };
    child.postMessage(invitation);
    const socket = await accept(server, token, ended);
    return describe(child, socket, ended);
  } catch (error) {
    child.kill();
    throw error;
  } finally {
    server.close();
    if (process.platform !== 'win32') rmSync(path, { force: true });
  }
};

function describe(child: UtilityProcess, socket: Socket, ended: Promise<void>): VaultProcess {
  return {
    // Its end is not the socket's: that would be a hang-up.
    requests: new Writable({
      write: (chunk: Uint8Array, _encoding, done) => void socket.write(chunk, () => done()),
    }),
    events: socket,
    ended,
    kill: (how) => {
      // It takes a hang-up for a cancellation.
      if (how === 'undo') socket.destroy();
      else child.kill();
    },
    release: () => {},
  };
}

/** @throws StateError `vault-crashed` where the process ends or does not come. */
async function accept(server: Server, token: Uint8Array, ended: Promise<void>): Promise<Socket> {
  const timeout = AbortSignal.timeout(CONNECT_WAIT_MS);
  const failed = ended.then(() => Promise.reject(new StateError('vault-crashed', {})));
  for (;;) {
    const waiting = once(server, 'connection', { signal: timeout });
    const connection = await Promise.race([waiting, failed]).catch((error: unknown) => {
      throw new StateError('vault-crashed', { operation: 'connect' }, error);
    });
    const socket = connection[0] as Socket; // what `connection` hands over
    if (await showsToken(socket, token)) return socket;
    socket.destroy();
  }
}

/** SECURITY: another program of the user could connect first, and would be given the passphrase. */
function showsToken(socket: Socket, token: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    const look = () => {
      const shown: unknown = socket.read(TOKEN_BYTES);
      if (shown === null) return;
      socket.off('readable', look);
      resolve(shown instanceof Uint8Array && timingSafeEqual(shown, token));
    };
    socket.on('readable', look);
    socket.once('close', () => resolve(false));
    socket.once('error', () => resolve(false));
  });
}
