import { setTimeout as delay } from 'node:timers/promises';
import type { SessionDescription } from './session-description.ts';
import { isAlive } from './session-registry.ts';

const STEP_MS = 20;
const MOST_MS = 30_000;

/**
 * Waits until a vault's process, and with it its hold on the container, is gone.
 *
 * @returns Whether it is; not more than half a minute is waited.
 */
export async function waitForEnd(session: SessionDescription): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < MOST_MS; waitedMs += STEP_MS) {
    if (!isAlive(session)) return true;
    await delay(STEP_MS);
  }
  return !isAlive(session);
}
