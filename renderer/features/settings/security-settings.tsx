import { Button, Group, Switch } from '@mantine/core';
import { useBridge, useCapabilities } from '../../bridge/bridge-context.tsx';
import { AutoLockFields } from '../../components/auto-lock-fields.tsx';
import { formatList } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';
import type { SettingsProps } from './settings-props.ts';
import classes from './settings-screen.module.css';

/** Policies of the vaults that have none of their own, and the shortcut that locks all. */
export function AutoLockSettings({ snapshot, change }: SettingsProps) {
  const { isDesktopApp } = useCapabilities();
  const { autoLock, hasLockAllShortcut } = snapshot.settings;
  return (
    <>
      <p className={classes['text']}>{t('settings.autoLockText')}</p>
      <AutoLockFields value={autoLock} onChange={(value) => change({ autoLock: value })} />
      {isDesktopApp && (
        <Switch
          label={t('settings.lockAllShortcut')}
          description={t('settings.lockAllShortcutText', { keys: 'Ctrl/⌘ + Alt + L' })}
          checked={hasLockAllShortcut}
          onChange={(event) => change({ hasLockAllShortcut: event.currentTarget.checked })}
        />
      )}
    </>
  );
}

/** The one place where every stored passphrase is seen and can be removed. */
export function KeychainSettings({ snapshot, command }: SettingsProps) {
  const bridge = useBridge();
  const { canStorePassphrases } = useCapabilities();
  const stored = snapshot.vaults.filter(({ hasStoredPassphrase }) => hasStoredPassphrase);
  if (stored.length === 0) {
    return (
      <p className={classes['text']}>
        {t(canStorePassphrases ? 'settings.keychainNone' : 'settings.keychainUnavailable')}
      </p>
    );
  }
  const forgetAll = () =>
    void command.run(() => bridge.call('vault.forget-passphrase', { vaultId: null }));
  return (
    <Group justify="space-between" gap="md">
      <p className={classes['beside']}>
        {t('settings.keychainList', { names: formatList(stored.map(({ name }) => name)) })}
      </p>
      <Button variant="default" onClick={forgetAll}>
        {t('settings.forgetAll')}
      </Button>
    </Group>
  );
}
