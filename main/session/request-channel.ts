import { closeSync, writeSync } from 'node:fs';
import { type ReceivedRequest, readRequest } from './request-frame.ts';
import type { SessionEvent } from './session-events.ts';

/** How a vault process hears of its one request and tells how it goes. */
export type RequestChannel = Readonly<{
  receive: () => Promise<ReceivedRequest>;
  tell: (event: SessionEvent) => void;
  /** Nothing is told any more. */
  close: () => void;
}>;

const REQUEST_FD = 0;
const EVENT_FD = 3;

/** The request comes on standard input, events go to descriptor 3. */
export const descriptorChannel: RequestChannel = {
  receive: async () => readRequest(REQUEST_FD),
  tell: (event) => {
    try {
      writeSync(EVENT_FD, `${JSON.stringify(event)}\n`);
    } catch (error) {
      // Who asked is gone. Before the end that calls the whole thing off; at the end there is nothing
      // left to call off: a vault that is open by now stays, for others to find.
      if (event.event === 'phase' || !isBrokenPipe(error)) throw error;
    }
  },
  close: () => closeSync(EVENT_FD),
};

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
