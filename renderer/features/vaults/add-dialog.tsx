import { Button, Group, Stack, Text } from '@mantine/core';
import type { FormEvent } from 'react';
import { useBridge, useCapabilities } from '../../bridge/bridge-context.tsx';
import { usePathGrant } from '../../bridge/use-path-grant.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { PathField } from '../../components/path-field.tsx';
import { t } from '../../i18n/translate.ts';
import { useCommand } from '../../store/use-command.ts';

type AddDialogProps = Readonly<{
  /** File that was dropped and whose folder a browser does not tell; null: none was. */
  droppedName: string | null;
  onClose: () => void;
}>;

/** Puts an existing container on the list. */
export function AddDialog({ droppedName, onClose }: AddDialogProps) {
  const bridge = useBridge();
  const { hasNativeDialogs } = useCapabilities();
  const path = usePathGrant('add');
  const command = useCommand();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const grantId = (await path.obtain())?.grantId;
    if (grantId === undefined) return;
    if (await command.run(() => bridge.call('vault.add', { grantId }))) onClose();
  };
  return (
    <Dialog onClose={onClose} title={t('add.title')}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <Text size="sm">
            {droppedName === null ? t('add.text') : t('add.dropped', { name: droppedName })}
          </Text>
          <PathField
            label={t('add.path')}
            text={path.text}
            error={path.error === null ? undefined : t('path.invalid')}
            hasNativeDialogs={hasNativeDialogs}
            autoFocus
            onType={(text) => {
              command.clearError();
              path.type(text);
            }}
            onChoose={path.choose}
          />
          {command.error !== null && <ErrorNotice error={command.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" disabled={path.text.trim() === ''} loading={command.isRunning}>
              {t('add.submit')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
