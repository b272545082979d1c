import { setTimeout as delay } from 'node:timers/promises';
import type { ControlRequest } from './control-protocol.ts';
import { type ControlHandler, startControlServer } from './control-server.ts';
import type { SessionDescription } from './session-description.ts';
import { assertAlone, controlSocketPath, removeSession, writeSession } from './session-registry.ts';

const EXIT_DELAY_MS = 300;
/** A lock's answer waits for the program that unmounts, which may end long after the volume. */
const ANSWER_WAIT_MS = 30_000;

/** Signals that end a vault process: what it serves is locked first. */
export const END_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Tells everybody of a change; nothing any more once the session ends. */
export type Republish = (changes: Partial<SessionDescription>) => void;

/** What others can do with a session, and how it ends. */
export type SessionHooks = Readonly<{
  answer: (request: ControlRequest, republish: Republish) => ReturnType<ControlHandler>;
  /** Locks whatever is in use: the process is to end. */
  lockForced: () => Promise<void>;
  /** Settles when the volume is closed, by whatever way. */
  closed: Promise<void>;
  /**
   * Removes what was made for the session; the volume is closed. What it throws is a session that
   * did not end as it should: its description stays, so that the next look takes it for crashed.
   */
  release: () => void | Promise<void>;
}>;

/**
 * Makes a session known, answers other processes, and ends this one when the volume is closed.
 *
 * @throws DeviceError `no-space`, `read-only`; StateError `already-unlocked`: then nobody knows of the
 * session.
 */
export async function publishSession(
  session: SessionDescription,
  { answer, lockForced, closed, release }: SessionHooks,
): Promise<void> {
  let described: SessionDescription | undefined = session;
  const republish: Republish = (changes) => {
    // A change that ends after the session must not bring its description back.
    if (described === undefined) return;
    described = { ...described, ...changes };
    writeSession(described);
  };
  const pending = new Set<Promise<unknown>>();
  let isEnding = false;
  const ends = () => {
    isEnding = true;
  };
  // Before anybody else hears of it: a lock that fails with it says that the process ends.
  closed.then(ends, ends);
  const handle: ControlHandler = (request) => {
    const answered = answer(request, republish);
    pending.add(answered);
    return answered.finally(() => pending.delete(answered));
  };
  const socketPath = controlSocketPath(session.sessionId);
  const server = await startControlServer(socketPath, handle, () => isEnding);
  try {
    writeSession(session);
    assertAlone(session);
  } catch (error) {
    server.close();
    removeSession(session.sessionId);
    throw error;
  }
  for (const signal of END_SIGNALS) process.on(signal, () => void lockForced().catch(() => {}));
  const end = async () => {
    described = undefined;
    try {
      await release();
      removeSession(session.sessionId);
    } catch {
      // Left for whoever looks next: this process ends in any case.
    }
    // Who asked for the lock has to hear how it went: the last step of it may end after the volume.
    await Promise.race([Promise.allSettled(pending), delay(ANSWER_WAIT_MS)]);
    // Answers that are on their way go out; then nothing keeps the process, or its memory, alive.
    server.close(() => process.exit());
    setTimeout(() => process.exit(), EXIT_DELAY_MS).unref();
  };
  void closed.then(end, end);
}
