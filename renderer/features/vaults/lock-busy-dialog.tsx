import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { t } from '../../i18n/translate.ts';

type LockBusyDialogProps = Readonly<{
  vault: VaultSnapshot;
  onRetry: () => void;
  onForce: () => void;
  onClose: () => void;
}>;

/** Says that a vault is in use and leaves the choice: close the files, or lock anyway. */
export function LockBusyDialog({ vault, onRetry, onForce, onClose }: LockBusyDialogProps) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('lock.busyTitle', { name: vault.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="md">
        <Text size="sm">{t('lock.busyText')}</Text>
        <Text size="sm">{t('lock.forceText')}</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button color="red" variant="outline" onClick={onForce}>
            {t('lock.force')}
          </Button>
          <Button data-autofocus onClick={onRetry}>
            {t('common.tryAgain')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
