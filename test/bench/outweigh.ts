import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { libcFunction } from '../../main/system/libc.ts';

/**
 * Puts a benchmark before all else that a machine does, so that it can be run on one that others use.
 * As root, on Linux; elsewhere nothing happens. Both last as long as the process.
 *
 * - Real time, for what is to have the machine for itself: other programs run where it waits. The
 *   kernel keeps a twentieth of each second for them, which medians do not see.
 * - Weight, for what competes with a load of its own: its group of the scheduler (its session, where
 *   the kernel has autogroups) gets nearly all that it wants; within the group nothing changes.
 *   Threads that wake one another then find no idle processor, which an idle machine would have.
 */

/** The least "nice" there is: 86 times the share of others. */
const FIRST = -20;
/** Linux, sys/resource.h. */
const PRIO_PROCESS = 0;
/** Linux, sched.h. */
const POLICY = { ordinary: 0, 'real time': 2 } as const;
const PRIORITY = { ordinary: 0, 'real time': 5 } as const;

export type Precedence = keyof typeof POLICY;

const setNice = libcFunction<(which: number, thread: number, nice: number) => number>(
  'int setpriority(int, unsigned int, int)',
);
const setScheduler = libcFunction<(thread: number, policy: number, priority: Int32Array) => number>(
  'int sched_setscheduler(int, int, const void *)',
);

/** @returns Whether the process outweighs others from now on, all of its threads by as much. */
export function outweighOthers(processId: number): boolean {
  // A thread that was a real-time one may have left the group of its session.
  for (const thread of threadsOf(processId)) setNice(PRIO_PROCESS, thread, FIRST);
  const file = `/proc/${processId}/autogroup`;
  try {
    writeFileSync(file, String(FIRST));
    return readFileSync(file, 'latin1').includes(`nice ${FIRST}`);
  } catch {
    return false;
  }
}

/** Sets the precedence of all threads of a process, and of those that they start. @returns As above. */
export function setPrecedence(processId: number, precedence: Precedence): boolean {
  const priority = new Int32Array([PRIORITY[precedence]]);
  const results = threadsOf(processId).map((id) => setScheduler(id, POLICY[precedence], priority));
  return results.every((result) => result === 0);
}

function threadsOf(processId: number): readonly number[] {
  return readdirSync(`/proc/${processId}/task`).map(Number);
}

/** Returns the processes whose command line names `text`, such as a folder of the benchmark. */
export function processesOf(text: string): readonly number[] {
  const processes = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return processes.filter((id) => commandLine(id).includes(text));
}

function commandLine(processId: number): string {
  try {
    return readFileSync(`/proc/${processId}/cmdline`, 'latin1');
  } catch {
    return ''; // it has ended meanwhile
  }
}
