import type { RawData, WebSocket } from 'ws';
import { createFrameCodec } from '../../../shared/ipc/frame.ts';
import { type SocketReply, socketRequestSchema } from '../../../shared/ipc/socket-messages.ts';
import type { AppSnapshot } from '../../../shared/model/app.ts';
import type { Router } from '../../ipc/router.ts';
import type { Services } from '../../services/services.ts';

/** Requests of one window that may wait for their answers at once. */
const MAXIMUM_PENDING_REQUESTS = 32;
/** Bytes waiting to be sent above which a slow window misses snapshots; the next one holds all. */
const MAXIMUM_BUFFERED_BYTES = 4 * 1024 * 1024;
/** Close code of RFC 6455 for a message that breaks the endpoint's policy. */
const POLICY_VIOLATION = 1008;

const codec = createFrameCodec({
  encode: (text) => new TextEncoder().encode(text),
  decode: (bytes) => new TextDecoder('utf-8', { fatal: true }).decode(bytes),
});

/**
 * Speaks the contract on one authenticated WebSocket until it closes.
 *
 * @param socket - Must deliver messages as fragments (`binaryType = 'fragments'`), because joining
 * them would leave an unwiped copy of a secret behind.
 */
export function runSocketSession(socket: WebSocket, router: Router, services: Services): void {
  let pending = 0;
  const reply = (message: SocketReply) => {
    if (socket.readyState === socket.OPEN) socket.send(codec.encode(message));
  };
  const sendSnapshot = (payload: AppSnapshot) => {
    if (socket.bufferedAmount <= MAXIMUM_BUFFERED_BYTES) reply({ event: 'snapshot', payload });
  };
  const subscription = services.subscribe(sendSnapshot);
  socket.once('close', () => subscription[Symbol.dispose]());
  socket.on('error', () => socket.terminate());
  socket.on('message', async (data, isBinary) => {
    const fragments = fragmentsOf(data);
    try {
      const request = isBinary ? parseRequest(fragments) : undefined;
      if (request === undefined || pending >= MAXIMUM_PENDING_REQUESTS) {
        socket.close(POLICY_VIOLATION);
        return;
      }
      pending += 1;
      const { id, channel, input } = request;
      reply({ id, result: await router.dispatch({ channel, input, isSenderTrusted: true }) });
      pending -= 1;
    } finally {
      for (const fragment of fragments) fragment.fill(0);
    }
  });
  sendSnapshot(services.snapshot());
}

function parseRequest(fragments: readonly Uint8Array[]) {
  const [only] = fragments;
  // The window's messages are far below the size at which a browser splits them.
  if (only === undefined || fragments.length !== 1) return undefined;
  try {
    return socketRequestSchema.safeParse(codec.decode(only)).data;
  } catch {
    // A frame that cannot be read has no request id to answer to: the caller ends the session.
    return undefined;
  }
}

function fragmentsOf(data: RawData): readonly Uint8Array[] {
  if (Array.isArray(data)) return data;
  return [data instanceof ArrayBuffer ? new Uint8Array(data) : data];
}
