import { Button, Group, Stack, Text } from '@mantine/core';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { Dialog } from '../../components/dialog.tsx';
import { formatList } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';

type LockBusyDialogProps = Readonly<{
  vault: VaultSnapshot;
  /** Names of the programs that use it; empty where the system does not tell. */
  programs: readonly string[];
  onRetry: () => void;
  onForce: () => void;
  onClose: () => void;
}>;

/** Says that a vault is in use and leaves the choice: close the files, or lock anyway. */
export function LockBusyDialog({
  vault,
  programs,
  onRetry,
  onForce,
  onClose,
}: LockBusyDialogProps) {
  return (
    <Dialog onClose={onClose} title={t('lock.busyTitle', { name: vault.name })}>
      <Stack gap="md">
        <Text size="sm">{t('lock.busyText')}</Text>
        {programs.length > 0 && (
          <Text size="sm" fw={600}>
            {t('lock.busyPrograms', { programs: formatList(programs) })}
          </Text>
        )}
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
    </Dialog>
  );
}
