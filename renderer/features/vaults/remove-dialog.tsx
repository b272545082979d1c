import { Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { t } from '../../i18n/translate.ts';
import { useCommand } from '../../store/use-command.ts';

type RemoveDialogProps = Readonly<{ vault: VaultSnapshot; onClose: () => void }>;

/** Takes a vault off the list; deletes its file only where that is ticked and its name typed. */
export function RemoveDialog({ vault, onClose }: RemoveDialogProps) {
  const bridge = useBridge();
  const command = useCommand();
  const [isDeleting, setDeleting] = useState(false);
  const [typedName, setTypedName] = useState('');
  const isConfirmed = !isDeleting || typedName === vault.name;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isConfirmed) return;
    const deleteFileNamed = isDeleting ? typedName : null;
    const input = { vaultId: vault.id, deleteFileNamed };
    if (await command.run(() => bridge.call('vault.remove', input))) onClose();
  };
  return (
    <Dialog onClose={onClose} title={t('remove.title', { name: vault.name })}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <Text size="sm">{t('remove.text')}</Text>
          {vault.state !== 'missing' && (
            <Checkbox
              label={t('remove.alsoDelete')}
              checked={isDeleting}
              onChange={(event) => setDeleting(event.currentTarget.checked)}
            />
          )}
          {isDeleting && (
            <TextInput
              label={t('remove.confirmName')}
              description={t('remove.deleteText', { name: vault.name })}
              value={typedName}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setTypedName(event.currentTarget.value)}
            />
          )}
          {command.error !== null && <ErrorNotice error={command.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} data-autofocus>
              {t('common.cancel')}
            </Button>
            <Button
              type="submit"
              {...(isDeleting ? { color: 'red.9' } : {})}
              disabled={!isConfirmed}
              loading={command.isRunning}
            >
              {isDeleting ? t('remove.deleteSubmit') : t('remove.submit')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
