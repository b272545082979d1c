import { ActionIcon, Button, Menu, UnstyledButton } from '@mantine/core';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { formatSize } from '../../../shared/units.ts';
import { useCapabilities } from '../../bridge/bridge-context.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import {
  FolderIcon,
  GaugeIcon,
  InfoIcon,
  LockIcon,
  MoreIcon,
  TrashIcon,
  UnlockIcon,
} from '../../components/icons.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { formatWhen } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';
import { MountFacts } from './mount-facts.tsx';
import type { VaultActions } from './vault-actions.ts';
import classes from './vault-row.module.css';
import { canRemove, canUnlock, STATE_TONES } from './vault-state.ts';

type VaultRowProps = Readonly<{ vault: VaultSnapshot; actions: VaultActions }>;

/** One vault of the list: what it is, how it is, and what can be done now. */
export function VaultRow({ vault, actions }: VaultRowProps) {
  const tone = STATE_TONES[vault.state];
  return (
    <li className={classes['row']} data-vault-id={vault.id} data-state={vault.state}>
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
              aria-keyshortcuts="U L O D P"
              onClick={() => actions.showDetails(vault)}
            >
              {vault.name}
            </UnstyledButton>
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
        <RowButtons vault={vault} actions={actions} />
      </div>
      {vault.state === 'mounted' && (
        <MountFacts vault={vault} onShowPerformance={() => actions.showPerformance(vault)} />
      )}
      {vault.state === 'crashed' && vault.lastError !== null && (
        <ErrorNotice error={vault.lastError} />
      )}
    </li>
  );
}

function describe(vault: VaultSnapshot): string {
  const size = vault.containerBytes === null ? [] : [formatSize(vault.containerBytes)];
  const label = vault.label === null || vault.label === '' ? [] : [vault.label];
  const used =
    vault.lastUsedMs === null
      ? t('vaults.neverUsed')
      : t('vaults.lastUsed', { when: formatWhen(vault.lastUsedMs, Date.now()) });
  return [...size, ...label, used].join('  ·  ');
}

function RowButtons({ vault, actions }: VaultRowProps) {
  const { canOpenFolders } = useCapabilities();
  const { name, state } = vault;
  return (
    <div className={classes['buttons']}>
      {canUnlock(state) && (
        <Button
          leftSection={<UnlockIcon />}
          aria-label={t('vaults.unlockNamed', { name })}
          onClick={() => actions.unlock(vault)}
        >
          {t('vaults.unlock')}
        </Button>
      )}
      {state === 'mounted' && canOpenFolders && (
        <Button
          leftSection={<FolderIcon />}
          aria-label={t('vaults.openNamed', { name })}
          onClick={() => actions.openFolder(vault)}
        >
          {t('vaults.openFolder')}
        </Button>
      )}
      {state === 'mounted' && (
        <Button
          variant="default"
          leftSection={<LockIcon />}
          aria-label={t('vaults.lockNamed', { name })}
          onClick={() => actions.lock(vault)}
        >
          {t('vaults.lock')}
        </Button>
      )}
      <RowMenu vault={vault} actions={actions} />
    </div>
  );
}

function RowMenu({ vault, actions }: VaultRowProps) {
  return (
    <Menu position="bottom-end" width={210} returnFocus>
      <Menu.Target>
        <ActionIcon
          size={36}
          variant="subtle"
          color="gray"
          className={classes['more'] ?? ''}
          aria-label={t('vaults.moreActions', { name: vault.name })}
        >
          <MoreIcon />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<InfoIcon />} onClick={() => actions.showDetails(vault)}>
          {t('vaults.details')}
        </Menu.Item>
        <Menu.Item leftSection={<GaugeIcon />} onClick={() => actions.showPerformance(vault)}>
          {t('vaults.performance')}
        </Menu.Item>
        <Menu.Item
          leftSection={<TrashIcon />}
          disabled={!canRemove(vault.state)}
          onClick={() => actions.remove(vault)}
        >
          {t('vaults.remove')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
