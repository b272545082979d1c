import { setTimeout as sleep } from 'node:timers/promises';
import { type ControlHandler, startControlServer } from './control-server.ts';
import type { SessionDescription } from './session-description.ts';
import { controlSocketPath, removeSession, writeSession } from './session-registry.ts';

const EXIT_DELAY_MS = 300;
/** A lock's answer waits for the program that unmounts, which may end long after the volume. */
const ANSWER_WAIT_MS = 30_000;

/** Signals that end a vault process: what it serves is locked first. */
export const END_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** What others can do with a session, and how it ends. */
export type SessionHooks = Readonly<{
  answer: ControlHandler;
  /** Locks whatever is in use: the process is to end. */
  lockForced: () => Promise<void>;
  /** Settles when the volume is closed, by whatever way. */
  closed: Promise<void>;
  /** Removes what was made for the session; the volume is closed. */
  release: () => void;
}>;

/**
 * Makes a session known, answers other processes, and ends this one when the volume is closed.
 *
 * @throws DeviceError `no-space`, `read-only`: then nobody knows of the session.
 */
export async function publishSession(
  session: SessionDescription,
  { answer, lockForced, closed, release }: SessionHooks,
): Promise<void> {
  const pending = new Set<Promise<unknown>>();
  const server = await startControlServer(controlSocketPath(session.sessionId), async (request) => {
    const answered = answer(request);
    pending.add(answered);
    try {
      return await answered;
    } finally {
      pending.delete(answered);
    }
  });
  try {
    writeSession(session);
  } catch (error) {
    server.close();
    removeSession(session.sessionId);
    throw error;
  }
  for (const signal of END_SIGNALS) process.on(signal, () => void lockForced().catch(() => {}));
  const end = async () => {
    release();
    removeSession(session.sessionId);
    await Promise.race([Promise.allSettled(pending), sleep(ANSWER_WAIT_MS)]);
    // Answers that are on their way go out; then nothing keeps the process, or its memory, alive.
    server.close(() => process.exit());
    setTimeout(() => process.exit(), EXIT_DELAY_MS).unref();
  };
  closed.then(end, end);
}
