import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fromWireError, StateError } from '../../shared/errors/vault-error.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { entryPath } from '../system/entry-path.ts';
import { encodeRequest } from './request-frame.ts';
import type { OnPhase, SessionEvent, SessionResults } from './session-events.ts';
import type { SessionRequest } from './session-request.ts';

const EVENT_FD = 3;
const UNDO_WAIT_MS = 5_000;
/** What a vault process sees of our environment: no option of Node's, nothing that it does not use. */
const KEPT_ENVIRONMENT = ['PATH', 'HOME', 'LANG', 'XDG_RUNTIME_DIR', 'TMPDIR', 'XDG_CACHE_HOME'];

/** What it serves lies in the arena: it makes little garbage, and needs few threads to collect it. */
const LEAN_FLAGS = ['--max-semi-space-size=1', '--v8-pool-size=1'];
/** Each of glibc's arenas keeps what was freed in it; one for all threads keeps least. */
const LEAN_ENVIRONMENT = { MALLOC_ARENA_MAX: '1' };

export type SpawnOptions = Readonly<{
  /** Borrowed: sent over a pipe, never kept. */
  secret?: SecretBytes;
  onPhase?: OnPhase;
  /**
   * Ends the process wherever it is: that is how a key derivation is cancelled. One that is mounting
   * undoes it first.
   */
  signal?: AbortSignal;
}>;

/**
 * Starts a process for one request and waits for its answer. After `mount` and `nbd` it lives on by
 * itself until the vault is locked; after every other verb it has ended.
 *
 * @throws StateError `cancelled`, `vault-crashed`; and whatever the request is refused with.
 */
export async function runInSession<V extends SessionRequest['verb']>(
  request: SessionRequest & { verb: V },
  options: SpawnOptions = {},
): Promise<SessionResults[V]> {
  if (options.signal?.aborted) throw new StateError('cancelled', {});
  const child = spawn(
    process.execPath,
    [...LEAN_FLAGS, entryPath('./vault-process', import.meta.url)],
    {
      detached: true,
      cwd: '/',
      env: { ...keptEnvironment(), ...LEAN_ENVIRONMENT },
      stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
    },
  );
  const abort = () => {
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), UNDO_WAIT_MS).unref();
  };
  options.signal?.addEventListener('abort', abort, { once: true });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  // Without descriptors or memory for it there is no process, and none of its streams.
  await started(child);
  // The process may end before it has read all: its answer tells why, not the broken pipe.
  child.stdin?.on('error', () => {});
  using frame = encodeRequest(request, options.secret);
  try {
    await new Promise<void>((resolve) => child.stdin?.end(frame.bytes, () => resolve()));
    const events = child.stdio[EVENT_FD] as Readable; // 'pipe' at this index
    const result = await readAnswer(events, options.onPhase);
    if (options.signal?.aborted) throw new StateError('cancelled', {});
    if (request.verb !== 'mount' && request.verb !== 'nbd') await ended;
    return result as SessionResults[V]; // the verb decides the type
  } catch (error) {
    // It undoes what it had begun before it ends; one that does not end is ended.
    const patience = setTimeout(() => child.kill('SIGKILL'), UNDO_WAIT_MS);
    await ended;
    clearTimeout(patience);
    if (options.signal?.aborted) throw new StateError('cancelled', {});
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', abort);
    child.unref();
  }
}

function keptEnvironment(): Record<string, string> {
  const entries = KEPT_ENVIRONMENT.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** @throws StateError `vault-crashed` with the errno where the process could not be started. */
function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve());
    child.once('error', (error) => {
      const errno = 'code' in error ? String(error.code) : '';
      reject(new StateError('vault-crashed', { operation: 'spawn', errno }, error));
    });
  });
}

async function readAnswer(
  events: Readable,
  onPhase: OnPhase | undefined,
): Promise<SessionResults[keyof SessionResults]> {
  try {
    for await (const line of createInterface({ input: events })) {
      const event = JSON.parse(line) as SessionEvent; // our own process wrote it
      if (event.event === 'failed') throw fromWireError(event.error);
      if (event.event === 'done') return event.result;
      onPhase?.(event.phase, event.fraction);
    }
  } finally {
    events.destroy();
  }
  throw new StateError('vault-crashed', {});
}
