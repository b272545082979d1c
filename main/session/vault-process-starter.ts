import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { StateError } from '../../shared/errors/vault-error.ts';
import { entryPath } from '../system/entry-path.ts';

const EVENT_FD = 3;
/** What a vault process sees of our environment: no option of Node's, nothing that it does not use. */
const KEPT_ENVIRONMENT = [
  'PATH',
  'HOME',
  'LANG',
  'XDG_RUNTIME_DIR',
  'TMPDIR',
  'XDG_CACHE_HOME',
  'DBUS_SYSTEM_BUS_ADDRESS',
];

/**
 * What it serves lies in the arena: it makes little garbage, and needs few threads to collect it. The
 * heap may grow by a third over what lives in it, not by V8's four times, so that it stays as it is.
 */
export const LEAN_FLAGS = [
  '--max-semi-space-size=1',
  '--v8-pool-size=1',
  '--heap-growing-percent=30',
] as const;
/** Each of glibc's arenas keeps what was freed in it; one for all threads keeps least. */
const LEAN_ENVIRONMENT = { MALLOC_ARENA_MAX: '1' };

/** What starts this program as a vault process, where its own binary is not Node. */
export const VAULT_PROCESS_SWITCH = '--lockline-vault-process';
/** No display and no page, so nothing that a sandbox would hold; root may not start with one. */
const HEADLESS_SWITCHES = ['--ozone-platform=headless', '--disable-gpu', '--no-sandbox'] as const;

/** A vault process, seen from the one that started it. */
export type VaultProcess = Readonly<{
  /** Takes the one request. @see encodeRequest */
  requests: Writable;
  /** A line of JSON for each event. @see SessionEvent */
  events: Readable;
  /** Settles when the process is gone. */
  ended: Promise<void>;
  /** `undo`: it undoes what it has begun, and ends. `at-once`: it is gone. */
  kill: (how: 'undo' | 'at-once') => void;
  /** From now on this process does not wait for it. */
  release: () => void;
}>;

/** @throws StateError `vault-crashed` with the errno where no process could be started. */
export type StartVaultProcess = () => Promise<VaultProcess>;

let starter: StartVaultProcess = startDetached;

/** Starts a vault process in the way of this program's host. */
export function startVaultProcess(): Promise<VaultProcess> {
  return starter();
}

/** Sets how this program starts vault processes; called once, by the host that has a way of its own. */
export function setVaultProcessStarter(own: StartVaultProcess): void {
  starter = own;
}

/** Returns what a vault process may see of this one's environment. */
export function vaultProcessEnvironment(): Record<string, string> {
  const entries = KEPT_ENVIRONMENT.map((name) => [name, process.env[name]] as const);
  const kept = entries.filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(kept), ...LEAN_ENVIRONMENT };
}

/** A process of its own, which outlives this one. */
async function startDetached(): Promise<VaultProcess> {
  const child = spawn(process.execPath, vaultProcessArguments(), {
    detached: true,
    cwd: '/',
    env: vaultProcessEnvironment(),
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  // Without descriptors or memory for it there is no process, and none of its streams.
  await started(child);
  return {
    requests: child.stdin as Writable, // 'pipe' at this index
    events: child.stdio[EVENT_FD] as Readable, // 'pipe' at this index
    ended,
    kill: (how) => child.kill(how === 'undo' ? 'SIGTERM' : 'SIGKILL'),
    release: () => child.unref(),
  };
}

/** In the installed program `execPath` is Electron's binary, which runs no script that it is given. */
function vaultProcessArguments(): readonly string[] {
  if (process.versions['electron'] !== undefined)
    return [VAULT_PROCESS_SWITCH, ...HEADLESS_SWITCHES];
  return [...LEAN_FLAGS, entryPath('./vault-process', import.meta.url)];
}

function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve());
    child.once('error', (error) => {
      const errno = 'code' in error ? String(error.code) : '';
      reject(new StateError('vault-crashed', { operation: 'spawn', errno }, error));
    });
  });
}
