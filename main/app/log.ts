import type { Log } from '../ipc/router.ts';

/** Writes one line of JSON for each event to standard error. Facts hold no secret. */
export const logToStderr: Log = (event, facts) => {
  process.stderr.write(`${JSON.stringify({ event, ...facts })}\n`);
};
