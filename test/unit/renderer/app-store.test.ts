import { describe, expect, it, vi } from 'vitest';
import { createAppStore } from '../../../renderer/store/app-store.ts';
import type { AppSnapshot } from '../../../shared/model/app.ts';
import type { JobSnapshot } from '../../../shared/model/job.ts';
import { DEFAULT_SETTINGS } from '../../../shared/model/settings.ts';
import { fakeVault } from '../../support/fake-services.ts';

const snapshot = (revision: number, jobs: readonly JobSnapshot[] = []): AppSnapshot => ({
  revision,
  version: '1',
  vaults: [],
  jobs,
  settings: DEFAULT_SETTINGS,
});

const job = (id: string, state: JobSnapshot['state'] = 'running'): JobSnapshot => ({
  id,
  kind: 'unlock',
  vaultId: 'v1',
  subject: 'x',
  phase: 'starting',
  fraction: null,
  state,
  error: null,
  totalBytes: null,
  startedMs: 0,
  phaseStartedMs: 0,
  endedMs: null,
  phases: [],
  isDismissed: false,
});

describe('the mirror of main', () => {
  it('takes newer snapshots and tells', () => {
    const store = createAppStore(snapshot(3));
    const listener = vi.fn();
    store.subscribe(listener);
    const next = snapshot(4);
    store.accept(next);
    expect(store.getSnapshot()).toEqual(next);
    expect(listener).toHaveBeenCalledOnce();
  });

  it('keeps the vaults that have not changed the same objects, so that their rows rest', () => {
    const [one, two] = [fakeVault({ id: 'a' }), fakeVault({ id: 'b' })];
    const store = createAppStore({ ...snapshot(1), vaults: [one, two] });
    const moved = structuredClone({
      ...two,
      traffic: { readBytes: 1, writtenBytes: 0, sinceMs: 0 },
    });
    store.accept({ ...snapshot(2), vaults: [moved, structuredClone(one)] });
    const [first, second] = store.getSnapshot().vaults;
    expect(first).toBe(moved);
    expect(second).toBe(one);
  });

  it('drops what is older or the same', () => {
    const first = snapshot(3);
    const store = createAppStore(first);
    const listener = vi.fn();
    store.subscribe(listener);
    store.accept(snapshot(2));
    store.accept(snapshot(3));
    expect(store.getSnapshot()).toBe(first);
    expect(listener).not.toHaveBeenCalled();
  });

  it('stops telling who has left', () => {
    const store = createAppStore(snapshot(1));
    const listener = vi.fn();
    store.subscribe(listener)();
    store.accept(snapshot(2));
    expect(listener).not.toHaveBeenCalled();
  });

  it('remembers how a job ended that left the list at once', () => {
    const store = createAppStore(snapshot(1));
    store.accept(snapshot(2, [job('a', 'done')]));
    store.accept(snapshot(3));
    expect(store.findJob('a')?.state).toBe('done');
    expect(store.findJob('b')).toBeUndefined();
  });

  it('remembers a bounded number of jobs, and all on the list', () => {
    const store = createAppStore(snapshot(0, [job('kept')]));
    for (let n = 1; n <= 100; n += 1) store.accept(snapshot(n, [job('kept'), job(`${n}`)]));
    expect(store.findJob('1')).toBeUndefined();
    expect(store.findJob('100')).toBeDefined();
    expect(store.findJob('kept')).toBeDefined();
  });
});
