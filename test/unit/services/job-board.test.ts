import { describe, expect, it, vi } from 'vitest';
import { JobBoard } from '../../../main/services/job-board.ts';
import { VaultError } from '../../../shared/errors/vault-error.ts';

const SUBJECT = { kind: 'create', vaultId: 'v', subject: 'x', totalBytes: 1000 } as const;

describe('JobBoard', () => {
  it('keeps how jobs ended until they are cleared; a dismissed failure is no longer news', async () => {
    const board = new JobBoard(() => {});
    await board.start(SUBJECT, async () => {}).ended;
    const failed = board.start(SUBJECT, async () => {
      throw new VaultError('no-space');
    });
    await failed.ended;
    expect(board.list().map(({ state }) => state)).toEqual(['done', 'failed']);
    expect(board.list()[1]).toMatchObject({ error: { code: 'no-space' }, isDismissed: false });
    expect(board.lastError('v')?.code).toBe('no-space');
    board.dismiss(failed.id);
    expect(board.lastError('v')).toBe(null);
    expect(board.list()[1]).toMatchObject({ error: { code: 'no-space' }, isDismissed: true });
    board.clear();
    expect(board.list()).toEqual([]);
  });

  it('start() marks what failed before as seen, where the same is tried again', async () => {
    const board = new JobBoard(() => {});
    const fail = async () => {
      throw new VaultError('no-space');
    };
    await board.start(SUBJECT, fail).ended;
    await board.start({ ...SUBJECT, kind: 'unlock' }, fail).ended;
    await board.start(SUBJECT, async () => {}).ended;
    expect(board.list().map(({ isDismissed }) => isDismissed)).toEqual([true, false, false]);
    expect(board.list()[0]?.error?.code).toBe('no-space');
  });

  it('notes when each phase began, and not at each step of one', async () => {
    vi.useFakeTimers({ now: 1000 });
    const board = new JobBoard(() => {});
    const times: (number | undefined)[] = [];
    const job = board.start(SUBJECT, async ({ onPhase }) => {
      for (const [phase, fraction, waitMs] of [
        ['allocating', 0.1, 500],
        ['allocating', 0.2, 500],
        ['formatting', null, 500],
      ] as const) {
        vi.setSystemTime(Date.now() + waitMs);
        onPhase(phase, fraction);
        times.push(board.list()[0]?.phaseStartedMs);
      }
    });
    await job.ended;
    expect(times).toEqual([1500, 1500, 2500]);
    expect(board.list()[0]?.endedMs).toBe(2500);
    vi.useRealTimers();
  });

  it('forgets the oldest of very many, and never one that runs', async () => {
    const board = new JobBoard(() => {});
    let finish = () => {};
    const running = board.start(SUBJECT, () => new Promise((resolve) => (finish = resolve)));
    for (let n = 0; n < 80; n += 1) await board.start(SUBJECT, async () => {}).ended;
    expect(board.list().length).toBeLessThanOrEqual(51);
    expect(board.list()[0]?.id).toBe(running.id);
    finish();
    await running.ended;
  });
});
