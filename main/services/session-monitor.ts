import type { SessionStatus } from '../session/control-protocol.ts';
import type { SessionDescription } from '../session/session-description.ts';
import { readStatus } from './list-vaults.ts';
import { clearDeadSessions, livingSessions } from './open-sessions.ts';

const REFRESH_MS = 500;
/** The time of a look, and the processor time that answering it takes. */
const NOT_NEWS: readonly string[] = ['atMs', 'cpuMs', 'loopLagMs'];

/**
 * Keeps an eye on the vault processes of this user, whoever started them: who lives, what they
 * have moved, and who died without having locked its vault.
 */
export class SessionMonitor implements Disposable {
  #sessions: readonly SessionDescription[] = [];
  readonly #statuses = new Map<string, SessionStatus>();
  /** Containers whose vault process died, by path. */
  readonly #crashed = new Set<string>();
  readonly #onChange: () => void;
  #timer: NodeJS.Timeout | undefined;
  #refreshing: Promise<void> | undefined;

  /** @param onChange - Called after each refresh that saw something new. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get sessions(): readonly SessionDescription[] {
    return this.#sessions;
  }

  statusOf(session: SessionDescription): SessionStatus | undefined {
    return this.#statuses.get(session.sessionId);
  }

  hasCrashed(path: string): boolean {
    return this.#crashed.has(path);
  }

  /** A vault that is unlocked again has not crashed any more. */
  clearCrash(path: string): void {
    this.#crashed.delete(path);
  }

  /** Looks now, and twice a second from now on. */
  start(): void {
    if (this.#timer !== undefined) return;
    // A look that fails (the runtime folder is gone, say) must not end the app; the next is soon.
    const look = () => this.refresh().catch(() => undefined);
    this.#timer = setInterval(look, REFRESH_MS).unref();
    void look();
  }

  /** Looks no more on its own account. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Looks now; calls that overlap share one look. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#look().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #look(): Promise<void> {
    const before = this.#fingerprint();
    for (const session of await clearDeadSessions()) this.#crashed.add(session.path);
    this.#sessions = livingSessions();
    const statuses = await Promise.all(this.#sessions.map(readStatus));
    this.#statuses.clear();
    this.#sessions.forEach((session, index) => {
      const status = statuses[index];
      if (status !== undefined) this.#statuses.set(session.sessionId, status);
    });
    if (this.#fingerprint() !== before) this.#onChange();
  }

  /** All but what each look itself changes: an idle vault looks the same every time. */
  #fingerprint(): string {
    return JSON.stringify(
      [this.#sessions, [...this.#statuses], [...this.#crashed]],
      (key, value: unknown) => (NOT_NEWS.includes(key) ? undefined : value),
    );
  }

  [Symbol.dispose](): void {
    this.stop();
  }
}
