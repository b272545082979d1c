import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';

const SHIM = new URL('./parent-port-shim.ts', import.meta.url).href;

/** What was asked of Electron for one utility process. */
export type UtilityFork = Readonly<{
  entry: string;
  args: readonly string[];
  options: Readonly<Record<string, unknown>>;
}>;

/**
 * `utilityProcess` of Electron over a process of Node's: the entry runs for real, with a
 * `process.parentPort` over Node's own channel. Records what it was asked for.
 */
export function createUtilityProcessDouble(): {
  readonly forks: readonly UtilityFork[];
  fork(entry: string, args: readonly string[], options: Record<string, unknown>): EventEmitter;
} {
  const forks: UtilityFork[] = [];
  return {
    forks,
    fork(entry, args, options) {
      forks.push({ entry, args, options });
      const { env, execArgv } = options as { env: Record<string, string>; execArgv: string[] };
      const child = fork(entry, [...args], {
        env,
        execArgv: [...execArgv, '--import', SHIM],
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      });
      const handle = Object.assign(new EventEmitter(), {
        postMessage: (message: unknown) => child.send(message as Parameters<typeof child.send>[0]),
        kill: () => child.kill('SIGKILL'),
      });
      child.once('exit', (code) => handle.emit('exit', code));
      return handle;
    },
  };
}
