import { createConnection } from 'node:net';
import type { RequestChannel } from '../../session/request-channel.ts';
import { receiveRequest } from '../../session/request-frame.ts';

/** What main tells a new utility process: where it is waited for, and how it shows that it is the one. */
export type SocketInvitation = Readonly<{ path: string; token: Uint8Array }>;

/**
 * Connects to main, for a process that has no standard input of its own.
 *
 * Where main hangs up before the end, that is a cancellation: what has been begun is undone.
 */
export async function connectChannel(invitation: SocketInvitation): Promise<RequestChannel> {
  const socket = createConnection(invitation.path);
  let isOver = false;
  socket.on('error', () => {}); // `close` follows
  socket.once('close', () => {
    if (isOver) return;
    // As the signal would: who has begun something listens to it, and who has not just ends.
    if (!process.emit('SIGTERM')) process.exit(1);
  });
  await new Promise<void>((resolve) => socket.write(invitation.token, () => resolve()));
  return {
    receive: async () => {
      const received = await receiveRequest(socket);
      // Only a socket that is read shows that the other side is gone.
      socket.resume();
      return received;
    },
    tell: (event) => {
      isOver ||= event.event !== 'phase';
      socket.write(`${JSON.stringify(event)}\n`);
    },
    close: () => socket.end(),
  };
}
