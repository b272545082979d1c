import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { AddFileIcon, LockIcon, PlusIcon } from '../../components/icons.tsx';
import { Screen } from '../../components/screen.tsx';
import { Shortcut } from '../../components/shortcut.tsx';
import { t } from '../../i18n/translate.ts';
import { EmptyState } from './empty-state.tsx';
import { useRowKeys } from './use-row-keys.ts';
import type { VaultActions } from './vault-actions.ts';
import { VaultRow } from './vault-row.tsx';
import classes from './vaults-screen.module.css';

type VaultsScreenProps = Readonly<{
  vaults: readonly VaultSnapshot[];
  actions: VaultActions;
  onCreate: () => void;
  onAdd: () => void;
  onLockAll: () => void;
  /** Jobs and notices, above the list. */
  activity: ReactNode;
}>;

/** All known vaults. */
export function VaultsScreen({ vaults, actions, activity, ...on }: VaultsScreenProps) {
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
          <ul className={classes['list']} aria-label={t('vaults.list')}>
            {vaults.map((vault) => (
              <VaultRow key={vault.id} vault={vault} actions={actions} />
            ))}
          </ul>
          <KeysHint />
        </>
      )}
    </Screen>
  );
}

const HINTS = [
  { keys: ['↑', '↓'], words: 'shortcut.move' },
  { keys: ['U'], words: 'shortcut.unlock' },
  { keys: ['L'], words: 'shortcut.lock' },
  { keys: ['O'], words: 'shortcut.open' },
  { keys: ['D'], words: 'shortcut.details' },
  { keys: ['P'], words: 'shortcut.performance' },
] as const;

function KeysHint() {
  return (
    <p className={classes['keys']}>
      {HINTS.map(({ keys, words }) => (
        <span key={words}>
          <Shortcut keys={keys} /> {t(words)}
        </span>
      ))}
    </p>
  );
}
