import { describe, expect, it } from 'vitest';
import { backendLadder, climb } from '../../../main/services/backend-ladder.ts';
import {
  CredentialError,
  MountError,
  UnsupportedError,
} from '../../../shared/errors/vault-error.ts';
import type { MountBackendName } from '../../../shared/model/backend.ts';

const coded = (code: string) => expect.objectContaining({ code });
const LADDER = { rungs: ['udisks', 'dmcrypt', 'fuse'], notes: ['first'] } as const;

describe('backendLadder()', () => {
  it.each(['udisks', 'dmcrypt', 'fuse'] as const)(
    'is %s alone where that is chosen',
    async (name) => expect(await backendLadder(name, false)).toEqual({ rungs: [name], notes: [] }),
  );

  it('ends with FUSE, and says why it is not the kernel', async () => {
    const { rungs, notes } = await backendLadder('auto', false);
    expect(rungs.at(-1)).toBe('fuse');
    expect(notes.length).toBeGreaterThanOrEqual(rungs.length === 3 ? 0 : 1);
  });
});

describe('climb()', () => {
  it('goes on where a backend is of no use here, and hands the reasons on', async () => {
    const seen: [MountBackendName, readonly string[]][] = [];
    const outcome = await climb(LADDER, async (backend, notes) => {
      seen.push([backend, [...notes]]);
      if (backend === 'udisks') throw new MountError('udisks-denied', { reason: 'no session' });
      if (backend === 'dmcrypt') throw new UnsupportedError('filesystem-unsupported', {});
      return notes;
    });
    expect(seen.map(([backend]) => backend)).toEqual(['udisks', 'dmcrypt', 'fuse']);
    expect(outcome).toHaveLength(3);
    expect(outcome[0]).toBe('first');
    expect(outcome[1]).toMatch(/^udisks2 not used: .*no session$/);
  });

  it.each([
    new CredentialError('passphrase-wrong', {}),
    new MountError('sector-differs', {}),
    new MountError('mountpoint-not-empty', {}),
  ])('stops where no other backend would help: $code', async (error) => {
    const attempt = () => Promise.reject(error);
    await expect(climb(LADDER, attempt)).rejects.toBe(error);
  });

  it('ends with what the last backend refused with', async () => {
    const attempt = (backend: string) =>
      Promise.reject(new MountError(backend === 'fuse' ? 'backend-missing' : 'helper-denied', {}));
    await expect(climb(LADDER, attempt)).rejects.toThrow(coded('backend-missing'));
  });
});
