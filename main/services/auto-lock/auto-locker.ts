import type { AppSnapshot } from '../../../shared/model/app.ts';
import type { LockEvent } from '../../../shared/model/auto-lock.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { findTimeReason, type LockReason, locksAt, type WatchedVault } from './lock-reasons.ts';

/** What the computer tells: sleep, lock screen, another user, the lid. */
export interface LockEventSource {
  /** Dispose the returned value to be told no more. */
  subscribe(listener: (event: LockEvent) => void): Disposable;
}

/** What auto-lock needs of the services. */
export type AutoLockServices = Readonly<{
  snapshot(): AppSnapshot;
  /** Looks at the mounted vaults, also while no window does. */
  lookNow(): Promise<void>;
  lockVault(vaultId: string, isForced: boolean): Promise<string>;
}>;

export type AutoLockOptions = Readonly<{
  services: AutoLockServices;
  sources: readonly LockEventSource[];
  /** Told of each vault that is about to be locked. */
  onLock?: (vault: VaultSnapshot, reason: LockReason) => void;
  /** Milliseconds since 1970. */
  now?: () => number;
}>;

/** Often enough for policies in minutes. */
const TICK_MS = 10_000;
/** A vault that was busy is not asked to lock again before this has passed. */
const RETRY_MS = 60_000;

type Seen = { trafficBytes: number; mountedMs: number; usedMs: number; triedMs: number };

/**
 * Locks vaults by their policies: when their time is over, when nothing was read or written for a
 * while, and when the computer sleeps, locks its screen, changes its user or closes its lid.
 *
 * A vault with files in use stays mounted unless its policy says otherwise, and is tried again.
 */
export class AutoLocker implements Disposable {
  readonly #options: AutoLockOptions;
  readonly #now: () => number;
  readonly #seen = new Map<string, Seen>();
  readonly #subscriptions: readonly Disposable[];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: AutoLockOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#subscriptions = options.sources.map((source) =>
      source.subscribe((event) => void this.onEvent(event).catch(() => undefined)),
    );
  }

  /** Watches from now on. */
  start(): void {
    // A look that fails must not end the app, and with it every later lock; the next is soon.
    const look = () => void this.tick().catch(() => undefined);
    this.#timer ??= setInterval(look, TICK_MS).unref();
  }

  /** Looks at the mounted vaults once, and locks those whose time is over. */
  async tick(): Promise<void> {
    const { services } = this.#options;
    // Nobody else may be watching: what is idle must be known all the same.
    // Where that fails, what was known last has to do: a vault whose time is over is locked.
    if (services.snapshot().vaults.some(isMounted)) await services.lookNow().catch(() => undefined);
    const nowMs = this.#now();
    for (const { vault, watched } of this.#watch(nowMs)) {
      const reason = findTimeReason(watched, nowMs);
      if (reason !== null) await this.#lock(vault, watched, reason);
    }
  }

  /** Locks the vaults whose policy names the event; settles when their locks have begun. */
  async onEvent(event: LockEvent): Promise<void> {
    const found = this.#watch(this.#now()).filter(({ watched }) => locksAt(watched, event));
    for (const { watched } of found) this.#forgetTry(watched.id);
    await Promise.all(found.map(({ vault, watched }) => this.#lock(vault, watched, event)));
  }

  /** The mounted vaults with their policies, and when each was last used. */
  #watch(nowMs: number): readonly Readonly<{ vault: VaultSnapshot; watched: WatchedVault }>[] {
    const { vaults, settings } = this.#options.services.snapshot();
    const mounted = vaults.filter(isMounted);
    for (const id of this.#seen.keys()) {
      if (!mounted.some((vault) => vault.id === id)) this.#seen.delete(id);
    }
    return mounted.map((vault) => {
      const policy = vault.options.autoLock ?? settings.autoLock;
      const { mountedMs, usedMs } = this.#see(vault, nowMs);
      return { vault, watched: { id: vault.id, policy, mountedMs, usedMs } };
    });
  }

  #see({ id, traffic }: VaultSnapshot, nowMs: number): Seen {
    const trafficBytes = traffic === null ? 0 : traffic.readBytes + traffic.writtenBytes;
    const mountedMs = traffic?.sinceMs ?? nowMs;
    const triedMs = Number.NEGATIVE_INFINITY;
    const seen = this.#seen.get(id) ?? { trafficBytes, mountedMs, usedMs: nowMs, triedMs };
    this.#seen.set(id, seen);
    if (seen.trafficBytes !== trafficBytes) {
      seen.trafficBytes = trafficBytes;
      seen.usedMs = nowMs;
    }
    // A clock that was put back must not keep a vault open until it has caught up.
    seen.mountedMs = Math.min(seen.mountedMs, nowMs);
    seen.usedMs = Math.min(seen.usedMs, nowMs);
    seen.triedMs = Math.min(seen.triedMs, nowMs);
    return seen;
  }

  #forgetTry(vaultId: string): void {
    const seen = this.#seen.get(vaultId);
    if (seen !== undefined) seen.triedMs = Number.NEGATIVE_INFINITY;
  }

  async #lock(vault: VaultSnapshot, { policy }: WatchedVault, reason: LockReason): Promise<void> {
    const nowMs = this.#now();
    const seen = this.#seen.get(vault.id);
    if (seen === undefined || nowMs - seen.triedMs < RETRY_MS) return;
    seen.triedMs = nowMs;
    this.#options.onLock?.(vault, reason);
    // Refused where another job is at work on it: tried again later. How a lock ends is on the board.
    await this.#options.services.lockVault(vault.id, policy.isForced).catch(() => undefined);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    for (const subscription of this.#subscriptions) subscription[Symbol.dispose]();
  }
}

function isMounted({ state }: VaultSnapshot): boolean {
  return state === 'mounted';
}
