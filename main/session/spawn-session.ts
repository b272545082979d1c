import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fromWireError, StateError } from '../../shared/errors/vault-error.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { encodeRequest } from './request-frame.ts';
import type { OnPhase, SessionEvent, SessionResults } from './session-events.ts';
import type { SessionRequest } from './session-request.ts';
import { startVaultProcess } from './vault-process-starter.ts';

/** A key derivation hears nothing until it is through, and leaves nothing to undo. */
const UNDO_WAIT_MS = 5_000;
/** What is being mounted is worth a wait on a busy machine: ended at once, it stays half made. */
const MOUNT_UNDO_WAIT_MS = 30_000;
const SERVING_VERBS: readonly SessionRequest['verb'][] = ['mount', 'nbd'];

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
  const { signal } = options;
  if (signal?.aborted) throw new StateError('cancelled', {});
  const vaultProcess = await startVaultProcess();
  let undoWaitMs = UNDO_WAIT_MS;
  const onPhase: OnPhase = (phase, fraction) => {
    if (phase === 'mounting') undoWaitMs = MOUNT_UNDO_WAIT_MS;
    options.onPhase?.(phase, fraction);
  };
  const abort = () => {
    vaultProcess.kill('undo');
    setTimeout(() => vaultProcess.kill('at-once'), undoWaitMs).unref();
  };
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  // The process may end before it has read all: its answer tells why, not the broken pipe.
  vaultProcess.requests.on('error', () => {});
  using frame = encodeRequest(request, options.secret);
  try {
    await new Promise<void>((resolve) => vaultProcess.requests.end(frame.bytes, () => resolve()));
    const result = await readAnswer(vaultProcess.events, onPhase);
    if (signal?.aborted) throw new StateError('cancelled', {});
    if (!SERVING_VERBS.includes(request.verb)) await vaultProcess.ended;
    return result as SessionResults[V]; // the verb decides the type
  } catch (error) {
    // It undoes what it had begun before it ends; one that does not end is ended.
    const patience = setTimeout(() => vaultProcess.kill('at-once'), undoWaitMs);
    await vaultProcess.ended;
    clearTimeout(patience);
    if (signal?.aborted) throw new StateError('cancelled', {});
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
    vaultProcess.release();
  }
}

async function readAnswer(
  events: Readable,
  onPhase: OnPhase,
): Promise<SessionResults[keyof SessionResults]> {
  const lines = createInterface({ input: events });
  // One that is destroyed has no end for the reader to see.
  events.once('close', () => lines.close());
  try {
    for await (const line of lines) {
      const event = JSON.parse(line) as SessionEvent; // our own process wrote it
      if (event.event === 'failed') throw fromWireError(event.error);
      if (event.event === 'done') return event.result;
      onPhase(event.phase, event.fraction);
    }
  } finally {
    events.destroy();
  }
  throw new StateError('vault-crashed', {});
}
