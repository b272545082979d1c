import type { AutoLock, LockEvent } from '../../../shared/model/auto-lock.ts';

/** A mounted vault as the policy sees it. Times are milliseconds since 1970. */
export type WatchedVault = Readonly<{
  id: string;
  policy: AutoLock;
  mountedMs: number;
  /** When the last byte was seen to go in or out. */
  usedMs: number;
}>;

/** Why a vault locks itself. */
export type LockReason = 'idle' | 'time' | LockEvent;

const MINUTE_MS = 60_000;

/** Tells why a vault's time is over now; null where it is not. */
export function findTimeReason(vault: WatchedVault, nowMs: number): LockReason | null {
  const { afterMinutes, idleMinutes } = vault.policy;
  if (afterMinutes !== null && nowMs - vault.mountedMs >= afterMinutes * MINUTE_MS) return 'time';
  if (idleMinutes !== null && nowMs - vault.usedMs >= idleMinutes * MINUTE_MS) return 'idle';
  return null;
}

/** Tells whether a vault locks itself at an event. */
export function locksAt(vault: WatchedVault, event: LockEvent): boolean {
  return vault.policy.events.includes(event);
}
