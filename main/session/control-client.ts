import { createConnection } from 'node:net';
import { fromWireError, MountError, StateError } from '../../shared/errors/vault-error.ts';
import {
  CONTROL_MESSAGE_BYTES,
  type ControlAnswers,
  type ControlReply,
  type ControlRequest,
} from './control-protocol.ts';
import type { SessionDescription } from './session-description.ts';
import { controlSocketPath } from './session-registry.ts';
import { waitForEnd } from './wait-for-end.ts';

const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * Asks a mounted vault and returns its answer.
 *
 * @throws StateError `not-mounted` where its process is gone; MountError `mount-timeout`; and
 * whatever the vault refuses with. Where its process ends with that, it has ended.
 */
export async function callSession<V extends ControlRequest['verb']>(
  session: SessionDescription,
  request: ControlRequest & { verb: V },
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<ControlAnswers[V]> {
  const line = await exchange(
    controlSocketPath(session.sessionId),
    `${JSON.stringify(request)}\n`,
    timeoutMs,
  );
  if (line === '') throw new StateError('not-mounted', {});
  const reply = JSON.parse(line) as ControlReply; // our own process wrote it
  if (!reply.ok) {
    if (reply.isEnding === true) await waitForEnd(session);
    throw fromWireError(reply.error);
  }
  return reply.value as ControlAnswers[V]; // the verb decides the type
}

function exchange(path: string, message: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    let text = '';
    socket.setEncoding('utf8');
    socket.setTimeout(timeoutMs, () => {
      socket.destroy();
      reject(new MountError('mount-timeout', {}));
    });
    socket.on('connect', () => socket.write(message));
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > CONTROL_MESSAGE_BYTES) socket.destroy();
    });
    socket.on('error', (error) => reject(new StateError('not-mounted', {}, error)));
    socket.on('close', () => resolve(text.trimEnd()));
  });
}
