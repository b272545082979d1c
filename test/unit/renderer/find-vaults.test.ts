import { describe, expect, it } from 'vitest';
import { findVaults } from '../../../renderer/features/vaults/find-vaults.ts';
import { DEFAULT_VAULT_OPTIONS } from '../../../shared/model/vault-options.ts';
import { fakeVault } from '../../support/fake-services.ts';

const favourite = { ...DEFAULT_VAULT_OPTIONS, isFavourite: true };
const VAULTS = [
  fakeVault({ id: 'recent', name: 'Zoë.luks', path: '/home/ada/Zoë.luks' }),
  fakeVault({ id: 'open', name: 'Work.luks', path: '/srv/Work.luks', state: 'mounted' }),
  fakeVault({ id: 'old', name: 'Tax.luks', path: '/srv/Tax.luks', label: 'Finance 2025' }),
  fakeVault({ id: 'star', name: 'Diary.luks', path: '/srv/Diary.luks', options: favourite }),
];
const ids = (...args: readonly ['all' | 'mounted' | 'favourites', string]) =>
  findVaults(VAULTS, ...args).map(({ id }) => id);

describe('findVaults()', () => {
  it('puts favourites first, then what is open, then the last used', () => {
    expect(ids('all', '')).toEqual(['star', 'open', 'recent', 'old']);
  });

  it.each([
    ['zoe', ['recent']],
    ['SRV luks', ['star', 'open', 'old']],
    ['finance', ['old']],
    ['  ', ['star', 'open', 'recent', 'old']],
    ['nothing', []],
  ])('finds by %j', (search, found) => {
    expect(ids('all', search)).toEqual(found);
  });

  it('shows a part', () => {
    expect(ids('mounted', '')).toEqual(['open']);
    expect(ids('favourites', 'x')).toEqual([]);
  });
});
