import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { ContractError, toWireError } from '../../shared/errors/vault-error.ts';
import { toDeviceError } from '../system/device-errors.ts';
import {
  CONTROL_MESSAGE_BYTES,
  type ControlAnswers,
  type ControlReply,
  type ControlRequest,
  controlRequestSchema,
} from './control-protocol.ts';

const REQUEST_TIMEOUT_MS = 5_000;

export type ControlHandler = (
  request: ControlRequest,
) => Promise<ControlAnswers[ControlRequest['verb']]>;

/**
 * Listens on a session's control socket (in a folder of mode 0700, the socket itself 0600).
 *
 * @param isEnding - Tells whether this process ends whatever a request was refused with.
 * @returns The listening server. Owned by the caller, who closes it.
 * @throws DeviceError where the socket cannot be made: no space, or a path too long for an address.
 */
export async function startControlServer(
  path: string,
  handle: ControlHandler,
  isEnding: () => boolean,
): Promise<Server> {
  const answerTo = async (line: string): Promise<ControlReply> => {
    const reply = await answer(line, handle);
    return reply.ok || !isEnding() ? reply : { ...reply, isEnding: true };
  };
  const server = createServer({ allowHalfOpen: true }, (socket) =>
    serveConnection(socket, answerTo),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(toDeviceError(error, 'listen', 0)));
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return server;
}

function serveConnection(socket: Socket, answerTo: (line: string) => Promise<ControlReply>): void {
  let text = '';
  let isTaken = false;
  let isAnswered = false;
  socket.setEncoding('utf8');
  socket.setTimeout(REQUEST_TIMEOUT_MS, () => {
    if (!isTaken || isAnswered) socket.destroy();
  });
  // A caller that goes away before its answer is no concern of the vault.
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: string) => {
    text += chunk;
    if (text.length > CONTROL_MESSAGE_BYTES) socket.destroy();
    if (isTaken || !text.includes('\n')) return;
    isTaken = true;
    void answerTo(text.slice(0, text.indexOf('\n'))).then((reply) => {
      isAnswered = true;
      socket.end(`${JSON.stringify(reply)}\n`);
    });
  });
}

async function answer(line: string, handle: ControlHandler): Promise<ControlReply> {
  try {
    return { ok: true, value: await handle(parseRequest(line)) };
  } catch (error) {
    return { ok: false, error: toWireError(error) };
  }
}

function parseRequest(line: string): ControlRequest {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    throw new ContractError('payload-invalid', {}, error);
  }
  const parsed = controlRequestSchema.safeParse(json);
  if (!parsed.success) {
    throw new ContractError('payload-invalid', {
      path: parsed.error.issues[0]?.path.join('.') ?? '',
    });
  }
  return parsed.data;
}
