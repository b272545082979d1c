import { readFileSync } from 'node:fs';

/**
 * Returns what tells a process from a later one with the same number: its start time in clock
 * ticks after boot, or `undefined` where no such process lives. A zombie does not live, unless other
 * threads than its first are still on their way out: till then its files are open and locked. Empty
 * where it lives and its start is hidden: on other systems, and where /proc is mounted with
 * `hidepid`, which keeps processes that are not dumpable, as vault processes are, from their own
 * user.
 *
 * @see proc(5), /proc/PID/stat: field 3 (state), field 20 (num_threads) and field 22 (starttime)
 */
export function processStart(processId: number): string | undefined {
  if (process.platform !== 'linux') return signalReaches(processId) ? '' : undefined;
  let stat: string;
  try {
    stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
  } catch {
    return signalReaches(processId) ? '' : undefined;
  }
  // The name in field 2 may hold spaces and parentheses: count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const isDead = fields[0] === 'X' || (fields[0] === 'Z' && Number(fields[17]) <= 1);
  return isDead ? undefined : fields[19];
}

function signalReaches(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false; // EPERM too: it is another user's by now
  }
}
