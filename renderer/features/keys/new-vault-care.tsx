import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Settings } from '../../../shared/model/settings.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { BackUpHeader } from '../../components/back-up-header.tsx';
import { Section } from '../../components/screen.tsx';
import { t } from '../../i18n/translate.ts';
import { RecoveryDialog } from './recovery-dialog.tsx';

type NewVaultCareProps = Readonly<{
  vault: VaultSnapshot;
  settings: Settings;
  onDismiss: () => void;
}>;

/** Offers a recovery key and a header backup for a vault that was just made. */
export function NewVaultCare({ vault, settings, onDismiss }: NewVaultCareProps) {
  const [isMaking, setMaking] = useState(false);
  const [hasRecovery, setRecovery] = useState(false);
  const [isBackedUp, setBackedUp] = useState(false);
  return (
    <Section title={t('keys.newTitle')}>
      <Text size="sm">{t('keys.newText')}</Text>
      <Stack gap="sm">
        {hasRecovery ? (
          <Text size="sm" role="status">
            {t('keys.newRecoveryDone')}
          </Text>
        ) : (
          <Group>
            <Button onClick={() => setMaking(true)}>{t('keys.addRecovery')}</Button>
          </Group>
        )}
        <BackUpHeader vault={vault} onDone={() => setBackedUp(true)} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDismiss}>
            {t(hasRecovery || isBackedUp ? 'common.close' : 'keys.newDismiss')}
          </Button>
        </Group>
      </Stack>
      {isMaking && (
        <RecoveryDialog
          vault={vault}
          kdfTimeMs={settings.kdfTimeMs}
          cost="strong"
          onClose={() => setMaking(false)}
          onDone={() => {
            setMaking(false);
            setRecovery(true);
          }}
        />
      )}
    </Section>
  );
}
