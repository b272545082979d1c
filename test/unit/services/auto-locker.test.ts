import { describe, expect, it } from 'vitest';
import { AutoLocker, type LockEventSource } from '../../../main/services/auto-lock/auto-locker.ts';
import {
  type AutoLock,
  DEFAULT_AUTO_LOCK,
  type LockEvent,
} from '../../../shared/model/auto-lock.ts';
import { DEFAULT_SETTINGS } from '../../../shared/model/settings.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { DEFAULT_VAULT_OPTIONS } from '../../../shared/model/vault-options.ts';
import { createFakeServices, fakeVault } from '../../support/fake-services.ts';

const MINUTE_MS = 60_000;
const NEVER: AutoLock = { ...DEFAULT_AUTO_LOCK, events: [] };

/** A locker over vaults in memory, with a clock that stands until it is moved. */
function open(policies: Readonly<Record<string, AutoLock | null>>, inSettings: AutoLock = NEVER) {
  const fake = createFakeServices();
  let nowMs = 0;
  const listeners = new Set<(event: LockEvent) => void>();
  const source: LockEventSource = {
    subscribe(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => listeners.delete(listener) };
    },
  };
  const traffic = new Map<string, number>();
  const vaultOf = (id: string, autoLock: AutoLock | null): VaultSnapshot =>
    fakeVault({
      id,
      state: 'mounted',
      options: { ...DEFAULT_VAULT_OPTIONS, autoLock },
      traffic: { readBytes: traffic.get(id) ?? 0, writtenBytes: 0, sinceMs: 0 },
    });
  const show = () =>
    fake.arrange({
      vaults: Object.entries(policies).map(([id, policy]) => vaultOf(id, policy)),
      settings: { ...DEFAULT_SETTINGS, autoLock: inSettings },
    });
  show();
  const reasons: string[] = [];
  const locker = new AutoLocker({
    services: fake.services,
    sources: [source],
    onLock: ({ id }, reason) => reasons.push(`${id} ${reason}`),
    now: () => nowMs,
  });
  return {
    fake,
    reasons,
    locker,
    listeners,
    /** Sets the clock, and looks. */
    putClock(atMs: number) {
      nowMs = atMs;
    },
    locks: () => fake.calls.filter((call) => call.startsWith('lock ')),
    /** Lets minutes pass, with a look in each; `used` had traffic in each. */
    async pass(minutes: number, ...used: readonly string[]) {
      for (let n = 0; n < minutes; n += 1) {
        nowMs += MINUTE_MS;
        for (const id of used) traffic.set(id, (traffic.get(id) ?? 0) + 1);
        show();
        await locker.tick();
      }
    },
  };
}

describe('AutoLocker', () => {
  it('locks what was not used for the time of its own policy, and nothing that was', async () => {
    const { pass, reasons, locks } = open({
      idle: { ...NEVER, idleMinutes: 5 },
      busy: { ...NEVER, idleMinutes: 5 },
      patient: null,
    });
    await pass(5, 'busy');
    expect(locks()).toEqual([]);
    await pass(1, 'busy');
    expect(reasons).toEqual(['idle idle']);
    expect(locks()).toEqual(['lock idle false']);
  });

  it('locks after a set time however much it is used', async () => {
    const { pass, reasons } = open({ a: { ...NEVER, afterMinutes: 30 } });
    await pass(29, 'a');
    expect(reasons).toEqual([]);
    await pass(1, 'a');
    expect(reasons).toEqual(['a time']);
  });

  it.each(['suspend', 'screen-lock', 'user-switch', 'lid-close'] as const)(
    'locks at %s only what names it, by its own policy or that of the settings',
    async (event) => {
      const { locker, listeners, locks } = open(
        { own: { ...NEVER, events: [event], isForced: true }, settings: null, never: NEVER },
        { ...NEVER, events: [event] },
      );
      for (const listener of listeners) listener(event);
      await locker.onEvent(event === 'suspend' ? 'lid-close' : 'suspend');
      expect(locks()).toEqual(['lock own true', 'lock settings false']);
    },
  );

  it('leaves a busy vault alone for a minute, and asks again then', async () => {
    const { pass, locks } = open({ a: { ...NEVER, afterMinutes: 1 } });
    await pass(1);
    await pass(1);
    await pass(1);
    expect(locks()).toEqual(['lock a false', 'lock a false', 'lock a false']);
  });

  it('goes on after a refusal, and is told of nothing any more once disposed', async () => {
    const { fake, locker, listeners } = open({ a: { ...NEVER, events: ['suspend'] } });
    fake.services.lockVault = async () => {
      throw new Error('refused');
    };
    await locker.onEvent('suspend');
    locker[Symbol.dispose]();
    expect(listeners.size).toBe(0);
  });

  it('does not wait for a clock that was put back to catch up', async () => {
    const { putClock, pass, locks } = open({
      idle: { ...NEVER, idleMinutes: 2 },
      timed: { ...NEVER, afterMinutes: 2 },
    });
    putClock(1_000_000 * MINUTE_MS);
    await pass(1);
    expect(locks()).toEqual(['lock timed false']);
    putClock(0);
    await pass(3);
    expect(locks().slice(1)).toEqual(['lock timed false', 'lock idle false', 'lock timed false']);
  });

  it('locks by the clock where it cannot look, and outlives that', async () => {
    const { fake, locker, pass, locks } = open({ a: { ...NEVER, afterMinutes: 2 } });
    fake.services.lookNow = async () => {
      throw new Error('no runtime folder');
    };
    await pass(2);
    expect(locks()).toEqual(['lock a false']);
    locker[Symbol.dispose]();
  });

  it('looks at mounted vaults itself, and lets the system rest when there are none', async () => {
    const { fake, locker } = open({});
    await locker.tick();
    expect(fake.calls).toEqual([]);
    fake.arrange({ vaults: [fakeVault({ state: 'mounted' })] });
    await locker.tick();
    expect(fake.calls).toEqual(['look']);
  });
});
