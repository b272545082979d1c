import { ActionIcon, Button, Menu } from '@mantine/core';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { useCapabilities } from '../../bridge/bridge-context.tsx';
import {
  FolderIcon,
  GaugeIcon,
  InfoIcon,
  LockIcon,
  MoreIcon,
  StarIcon,
  TrashIcon,
  UnlockIcon,
} from '../../components/icons.tsx';
import { useKeptFocus } from '../../components/use-kept-focus.ts';
import { t } from '../../i18n/translate.ts';
import type { VaultActions } from './vault-actions.ts';
import classes from './vault-buttons.module.css';
import { canRemove, canUnlock } from './vault-state.ts';

type VaultButtonsProps = Readonly<{ vault: VaultSnapshot; actions: VaultActions }>;

/** What can be done with a vault now: its own buttons, and a menu for the rest. */
export function VaultButtons({ vault, actions }: VaultButtonsProps) {
  const { canOpenFolders } = useCapabilities();
  const { name, state } = vault;
  const group = useKeptFocus<HTMLDivElement>();
  return (
    <div ref={group} className={classes['buttons']}>
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
      <VaultMenu vault={vault} actions={actions} />
    </div>
  );
}

function VaultMenu({ vault, actions }: VaultButtonsProps) {
  return (
    <Menu position="bottom-end" width={230} returnFocus>
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
        <Menu.Item leftSection={<InfoIcon />} onClick={() => actions.open(vault)}>
          {t('vaults.details')}
        </Menu.Item>
        <Menu.Item leftSection={<GaugeIcon />} onClick={() => actions.open(vault, 'performance')}>
          {t('vaults.performance')}
        </Menu.Item>
        <Menu.Item leftSection={<StarIcon />} onClick={() => actions.toggleFavourite(vault)}>
          {t(vault.options.isFavourite ? 'vaults.unmarkFavourite' : 'vaults.markFavourite')}
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
