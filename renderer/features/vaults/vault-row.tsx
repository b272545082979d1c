import { UnstyledButton } from '@mantine/core';
import { memo, type ReactNode } from 'react';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';

import { ErrorNotice } from '../../components/error-notice.tsx';
import { LockIcon, StarIcon, UnlockIcon } from '../../components/icons.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { formatBytes, formatWhen } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';
import { MountFacts } from './mount-facts.tsx';
import type { VaultActions } from './vault-actions.ts';
import { VaultButtons } from './vault-buttons.tsx';
import classes from './vault-row.module.css';
import { STATE_TONES } from './vault-state.ts';

type VaultRowProps = Readonly<{
  vault: VaultSnapshot;
  actions: VaultActions;
  /** Place in the whole list, from 1, and its length: not all of it is rendered. */
  position: number;
  count: number;
  sparkline: ((vault: VaultSnapshot) => ReactNode) | undefined;
}>;

/** One vault of the list: what it is, how it is, and what can be done now. */
export const VaultRow = memo(function VaultRow(props: VaultRowProps) {
  const { vault, actions, position, count, sparkline } = props;
  const tone = STATE_TONES[vault.state];
  return (
    <li
      className={classes['row']}
      data-vault-id={vault.id}
      data-state={vault.state}
      aria-posinset={position}
      aria-setsize={count}
    >
      <div className={classes['head']}>
        <span className={classes['tile']} data-tone={tone} aria-hidden="true">
          {vault.state === 'mounted' ? <UnlockIcon size={22} /> : <LockIcon size={22} />}
        </span>
        <div className={classes['names']}>
          <div className={classes['title']}>
            <UnstyledButton
              className={classes['name']}
              data-row-focus
              title={vault.name}
              aria-keyshortcuts="U L O D P F"
              onClick={() => actions.open(vault)}
            >
              {vault.name}
            </UnstyledButton>
            {vault.options.isFavourite && (
              <span className={classes['star']} role="img" aria-label={t('vaults.favourite')}>
                <StarIcon size={15} />
              </span>
            )}
            <StateBadge tone={tone}>{t(`state.${vault.state}`)}</StateBadge>
            {vault.isReadOnly && vault.state === 'mounted' && (
              <span className={classes['tag']}>{t('vaults.readOnly')}</span>
            )}
          </div>
          <span className={classes['path']} title={vault.path}>
            {vault.path}
          </span>
          <span className={classes['facts']}>{describe(vault)}</span>
        </div>
        <VaultButtons vault={vault} actions={actions} />
      </div>
      {vault.state === 'mounted' && (
        <MountFacts
          vault={vault}
          onShowPerformance={() => actions.open(vault, 'performance')}
          sparkline={sparkline?.(vault)}
        />
      )}
      {vault.state === 'crashed' && vault.lastError !== null && (
        <ErrorNotice error={vault.lastError} />
      )}
    </li>
  );
});

function describe(vault: VaultSnapshot): string {
  const size = vault.containerBytes === null ? [] : [formatBytes(vault.containerBytes)];
  const label = vault.label === null || vault.label === '' ? [] : [vault.label];
  const used =
    vault.lastUsedMs === null
      ? t('vaults.neverUsed')
      : t('vaults.lastUsed', { when: formatWhen(vault.lastUsedMs, Date.now()) });
  return [...size, ...label, used].join('  ·  ');
}
