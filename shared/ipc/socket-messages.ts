/** Messages on the browser host's WebSocket, each one frame. @see shared/ipc/frame.ts */
import { z } from 'zod';
import type { Events } from './contract.ts';
import type { Result } from './result.ts';

/** From the window. `input` is checked by the router against the channel's own schema. */
export const socketRequestSchema = z.strictObject({
  id: z.int().min(0),
  channel: z.string().max(64),
  input: z.unknown(),
});

/** To the window: the answer to one request, or an event. */
export type SocketReply =
  | Readonly<{ id: number; result: Result<unknown> }>
  | Readonly<{ event: 'snapshot'; payload: Events['snapshot'] }>;
