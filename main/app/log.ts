import type { Log } from '../ipc/router.ts';
import type { EventLog } from '../services/event-log.ts';

/** Keeps each event for people to look at, and writes it to standard error. */
export function createLog(kept: EventLog): Log {
  // SECURITY: a line that cannot be written (the terminal is closed, say) must not end the app: the
  // open vaults would have nobody left to lock them, and a refused stranger can cause a line.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return (event, facts) => {
    kept.add(event, facts);
    logToStderr(event, facts);
  };
}

/** Writes one line of JSON for each event to standard error. Facts hold no secret. */
export const logToStderr: Log = (event, facts) => {
  process.stderr.write(`${JSON.stringify({ event, ...facts })}\n`);
};
