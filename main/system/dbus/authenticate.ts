import type { Socket } from 'node:net';
import { DeviceError } from '../../../shared/errors/vault-error.ts';

const LINE_LIMIT = 4096;
const TIMEOUT_MS = 10_000;

/**
 * Says who we are on a fresh connection: by the user's number, which the system itself vouches for,
 * and that descriptors may go along with messages.
 *
 * @throws DeviceError `permission-denied` where the bus refuses, `io-error` where it is silent.
 * @see D-Bus specification, "Authentication Protocol"
 */
export async function authenticate(socket: Socket): Promise<void> {
  const userId = Buffer.from(String(process.getuid?.() ?? 0)).toString('hex');
  await ask(socket, `\0AUTH EXTERNAL ${userId}\r\n`, 'OK ');
  await ask(socket, 'NEGOTIATE_UNIX_FD\r\n', 'AGREE_UNIX_FD');
  socket.write('BEGIN\r\n');
}

/** Sends a line and waits for one that begins as is expected; nothing else may follow it. */
function ask(socket: Socket, line: string, expected: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const end = (error: DeviceError | null) => {
      socket.off('data', take);
      socket.off('error', lose);
      socket.off('close', lose);
      socket.setTimeout(0);
      socket.pause();
      if (error === null) resolve();
      else reject(error);
    };
    const take = (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.length > LINE_LIMIT) return end(refused('io-error'));
      if (!text.endsWith('\r\n')) return;
      end(text.startsWith(expected) ? null : refused('permission-denied'));
    };
    const lose = () => end(refused('io-error'));
    socket.on('data', take);
    socket.on('error', lose);
    socket.on('close', lose);
    socket.setTimeout(TIMEOUT_MS, lose);
    socket.resume();
    socket.write(line);
  });
}

function refused(code: 'io-error' | 'permission-denied'): DeviceError {
  return new DeviceError(code, { operation: 'dbus', reason: 'authentication' });
}
