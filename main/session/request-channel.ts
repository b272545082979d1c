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
    writeSync(EVENT_FD, `${JSON.stringify(event)}\n`);
  },
  close: () => closeSync(EVENT_FD),
};
