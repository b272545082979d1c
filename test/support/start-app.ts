import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildRenderer } from '../../resources/build/build-renderer.ts';

const ENTRY = fileURLToPath(new URL('../../main/app/start-browser.ts', import.meta.url));
const STOP_TIMEOUT_MS = 60_000;

/** The whole app in processes of its own, with the browser host as its window. */
export type RunningApp = Readonly<{
  /** One-time address of the window. */
  url: string;
  /** Process id of main. */
  pid: number;
  /** Home of the run: vaults, database and sessions lie here and go with it. */
  folder: string;
  /** What main wrote to standard error so far. */
  log(): string;
  /** Ends it as a person would, and returns its exit code. */
  stop(): Promise<number | null>;
}> &
  AsyncDisposable;

/**
 * Starts the app with a database and a runtime folder of its own.
 *
 * @param environment - Variables beside those.
 */
export async function startApp(environment: NodeJS.ProcessEnv = {}): Promise<RunningApp> {
  await buildRenderer();
  const folder = mkdtempSync(join(tmpdir(), 'lockline-e2e-'));
  for (const name of ['data', 'run']) mkdirSync(join(folder, name), { mode: 0o700 });
  const child = spawn(process.execPath, [ENTRY], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      XDG_DATA_HOME: join(folder, 'data'),
      XDG_RUNTIME_DIR: join(folder, 'run'),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const url = await readAddress(child, () => log);
  const stop = () => end(child);
  return {
    url,
    pid: child.pid ?? 0,
    folder,
    log: () => log,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function readAddress(child: ChildProcess, log: () => string): Promise<string> {
  if (child.stdout !== null) {
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /http:\/\/\S+/.exec(line)?.[0];
      if (url !== undefined) return url;
    }
  }
  throw new Error(`the app ended before it was ready: ${log()}`);
}

async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  child.kill('SIGTERM');
  await once(child, 'exit', { signal: AbortSignal.timeout(STOP_TIMEOUT_MS) });
  return child.exitCode;
}
