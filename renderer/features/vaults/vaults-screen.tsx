import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { type ReactNode, useDeferredValue, useMemo, useState } from 'react';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { useCapabilities } from '../../bridge/bridge-context.tsx';
import { AddFileIcon, LockIcon, PlusIcon, SearchIcon } from '../../components/icons.tsx';
import { Screen } from '../../components/screen.tsx';
import { Shortcut } from '../../components/shortcut.tsx';
import { t } from '../../i18n/translate.ts';
import { EmptyState } from './empty-state.tsx';
import { findVaults, VAULT_FILTERS, type VaultFilter } from './find-vaults.ts';
import { useRowKeys } from './use-row-keys.ts';
import type { VaultActions } from './vault-actions.ts';
import { VaultList } from './vault-list.tsx';
import classes from './vaults-screen.module.css';

type VaultsScreenProps = Readonly<{
  vaults: readonly VaultSnapshot[];
  actions: VaultActions;
  onCreate: () => void;
  onAdd: () => void;
  onLockAll: () => void;
  /** Jobs and notices, above the list. */
  activity: ReactNode;
  /** Draws what a mounted vault does, beside its figures. */
  sparkline?: (vault: VaultSnapshot) => ReactNode;
}>;

/** From this number on, searching is quicker than looking. */
const SEARCHABLE_COUNT = 6;

/** All known vaults. */
export function VaultsScreen({ vaults, actions, activity, sparkline, ...on }: VaultsScreenProps) {
  const [filter, setFilter] = useState<VaultFilter>('all');
  const [search, setSearch] = useState('');
  const wanted = useDeferredValue(search);
  const found = useMemo(() => findVaults(vaults, filter, wanted), [vaults, filter, wanted]);
  useRowKeys(vaults, actions);
  const mounted = vaults.filter(({ state }) => state === 'mounted').length;
  const isEmpty = vaults.length === 0;
  return (
    <Screen
      title={t('vaults.title')}
      subtitle={isEmpty ? undefined : t('vaults.summary', { mounted, total: vaults.length })}
      actions={
        !isEmpty && (
          <>
            {mounted > 1 && (
              <Button variant="default" leftSection={<LockIcon />} onClick={on.onLockAll}>
                {t('vaults.lockAll')}
              </Button>
            )}
            <Button
              variant="default"
              leftSection={<AddFileIcon />}
              aria-keyshortcuts="Alt+A"
              onClick={on.onAdd}
            >
              {t('vaults.add')}
            </Button>
            <Button leftSection={<PlusIcon />} aria-keyshortcuts="Alt+N" onClick={on.onCreate}>
              {t('vaults.create')}
            </Button>
          </>
        )
      }
    >
      {activity}
      {isEmpty ? (
        <EmptyState onCreate={on.onCreate} onAdd={on.onAdd} />
      ) : (
        <>
          {vaults.length >= SEARCHABLE_COUNT && (
            <ListTools search={search} onSearch={setSearch} filter={filter} onFilter={setFilter} />
          )}
          <p className={classes['found']} role="status">
            {found.length === 0 && t('vaults.noneFound')}
          </p>
          {found.length > 0 && (
            <>
              <VaultList vaults={found} actions={actions} sparkline={sparkline} />
              <KeysHint />
            </>
          )}
        </>
      )}
    </Screen>
  );
}

type ListToolsProps = Readonly<{
  search: string;
  onSearch: (text: string) => void;
  filter: VaultFilter;
  onFilter: (filter: VaultFilter) => void;
}>;

/** Search, and parts of the list. */
function ListTools({ search, onSearch, filter, onFilter }: ListToolsProps) {
  return (
    <div className={classes['tools']}>
      <TextInput
        type="search"
        aria-label={t('vaults.search')}
        placeholder={t('vaults.search')}
        leftSection={<SearchIcon size={16} />}
        value={search}
        spellCheck={false}
        autoComplete="off"
        data-list-search
        className={classes['search'] ?? ''}
        onChange={(event) => onSearch(event.currentTarget.value)}
      />
      <SegmentedControl
        aria-label={t('vaults.filter')}
        value={filter}
        data={VAULT_FILTERS.map((value) => ({ value, label: t(`vaults.filter.${value}`) }))}
        onChange={(value) => onFilter(VAULT_FILTERS.find((known) => known === value) ?? 'all')}
      />
    </div>
  );
}

const HINTS = [
  { keys: ['↑', '↓'], words: 'shortcut.move' },
  { keys: ['U'], words: 'shortcut.unlock' },
  { keys: ['L'], words: 'shortcut.lock' },
  { keys: ['O'], words: 'shortcut.open' },
  { keys: ['D'], words: 'shortcut.details' },
  { keys: ['P'], words: 'shortcut.performance' },
  { keys: ['F'], words: 'shortcut.favourite' },
] as const;

function KeysHint() {
  const { canOpenFolders } = useCapabilities();
  return (
    <p className={classes['keys']}>
      {HINTS.filter(({ words }) => canOpenFolders || words !== 'shortcut.open').map(
        ({ keys, words }) => (
          <span key={words}>
            <Shortcut keys={keys} /> {t(words)}
          </span>
        ),
      )}
    </p>
  );
}
