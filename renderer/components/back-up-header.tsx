import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { VaultSnapshot } from '../../shared/model/vault.ts';
import { useBridge, useCapabilities } from '../bridge/bridge-context.tsx';
import { usePathGrant } from '../bridge/use-path-grant.ts';
import { t } from '../i18n/translate.ts';
import { useCommand } from '../store/use-command.ts';
import { ErrorNotice } from './error-notice.tsx';
import { PathField } from './path-field.tsx';

type BackUpHeaderProps = Readonly<{ vault: VaultSnapshot; onDone: () => void }>;

/** Saves the header of a vault in a new file, and says where. */
export function BackUpHeader({ vault, onDone }: BackUpHeaderProps) {
  const bridge = useBridge();
  const { hasNativeDialogs } = useCapabilities();
  const path = usePathGrant('header-save', `${vault.path}.header`);
  const command = useCommand();
  const [savedIn, setSavedIn] = useState<string | null>(null);
  const save = async () => {
    const grant = await path.obtain();
    if (grant === null) return;
    const request = { vaultId: vault.id, grantId: grant.grantId };
    if (!(await command.run(() => bridge.call('header.backup', request)))) return;
    setSavedIn(grant.path);
    onDone();
  };
  return (
    <Stack gap="sm">
      <PathField
        label={t('maintenance.backupFile')}
        text={path.text}
        error={path.error === null ? undefined : t('path.invalid')}
        hasNativeDialogs={hasNativeDialogs}
        onType={path.type}
        onChoose={path.choose}
      />
      {command.error !== null && <ErrorNotice error={command.error} />}
      {savedIn !== null && (
        <Text size="sm" role="status">
          {t('maintenance.backupDone', { path: savedIn })}
        </Text>
      )}
      <Group>
        <Button variant="default" loading={command.isRunning} onClick={save}>
          {t('maintenance.backupSubmit')}
        </Button>
      </Group>
    </Stack>
  );
}
