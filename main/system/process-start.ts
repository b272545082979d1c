import { readFileSync } from 'node:fs';

/**
 * Returns what tells a process from a later one with the same number: its start time in clock
 * ticks after boot, or `undefined` where no such process lives. A zombie does not live.
 *
 * @see proc(5), /proc/PID/stat: field 3 (state) and field 22 (starttime)
 */
export function processStart(processId: number): string | undefined {
  if (process.platform !== 'linux') return signalReaches(processId) ? '' : undefined;
  let stat: string;
  try {
    stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
  } catch {
    return undefined; // any failure to read it means that it is gone
  }
  // The name in field 2 may hold spaces and parentheses: count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

function signalReaches(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
