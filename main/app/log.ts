import type { Log } from '../ipc/router.ts';
import type { EventLog } from '../services/event-log.ts';

/** Keeps each event for people to look at, and writes it to standard error. */
export function createLog(kept: EventLog): Log {
  return (event, facts) => {
    kept.add(event, facts);
    logToStderr(event, facts);
  };
}

/** Writes one line of JSON for each event to standard error. Facts hold no secret. */
export const logToStderr: Log = (event, facts) => {
  process.stderr.write(`${JSON.stringify({ event, ...facts })}\n`);
};
