import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { DESTROY_WORDS, type KeyInfo } from '../../../shared/model/keys.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { useBridge, useCapabilities } from '../../bridge/bridge-context.tsx';
import { useSecretEntry, wipeSecret } from '../../bridge/use-secret-entry.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { SecretField } from '../../components/secret-field.tsx';
import { t } from '../../i18n/translate.ts';
import { useCommand } from '../../store/use-command.ts';
import { useJob } from '../../store/use-job.ts';
import { JobButtons } from './job-buttons.tsx';
import { keyName } from './use-keys.ts';

type DialogProps = Readonly<{ vault: VaultSnapshot; onClose: () => void }>;

/** Tells whether a key opens the vault, or one keyslot of it. */
export function TestKeyDialog({
  vault,
  tested,
  onClose,
}: DialogProps & Readonly<{ tested: KeyInfo | null }>) {
  const bridge = useBridge();
  const { hasNativeDialogs } = useCapabilities();
  const entry = useSecretEntry();
  const command = useCommand();
  const [opened, setOpened] = useState<number | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setOpened(null);
    const secret = await entry.take();
    if (secret === null) return;
    const request = { vaultId: vault.id, keyslotId: tested?.keyslotId ?? null, secret };
    await command.run(async () => {
      setOpened((await bridge.call('key.test', request)).keyslotId);
    });
    wipeSecret(secret);
  };
  return (
    <Dialog onClose={onClose} title={t('key.testTitle', { name: vault.name })}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {tested !== null && <Text size="sm">{keyName(tested)}</Text>}
          <SecretField
            entry={entry}
            label={t('unlock.passphrase')}
            hasNativeDialogs={hasNativeDialogs}
            isDisabled={command.isRunning}
          />
          {command.error !== null && <ErrorNotice error={command.error} />}
          {opened !== null && (
            <Text size="sm" role="status">
              {t('key.testOpens', { id: opened })}
            </Text>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.close')}
            </Button>
            <Button type="submit" loading={command.isRunning}>
              {t('key.testSubmit')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

/** Destroys a keyslot; the last one only after the words were typed. */
export function RemoveKeyDialog({
  vault,
  removed,
  isLast,
  onDone,
  onClose,
}: DialogProps & Readonly<{ removed: KeyInfo; isLast: boolean; onDone: () => void }>) {
  const bridge = useBridge();
  const { hasNativeDialogs } = useCapabilities();
  const entry = useSecretEntry();
  const [words, setWords] = useState('');
  const job = useJob(onDone);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const secret = isLast ? null : await entry.take();
    if (!isLast && secret === null) return;
    const confirmation = isLast ? words.trim() : null;
    const request = { vaultId: vault.id, keyslotId: removed.keyslotId, secret, confirmation };
    await job.start(() => bridge.call('key.remove', request));
    wipeSecret(secret);
  };
  return (
    <Dialog onClose={onClose} title={t('key.removeTitle', { key: keyName(removed) })}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <Text size="sm">{t(isLast ? 'key.removeLast' : 'key.removeText')}</Text>
          {isLast ? (
            <ConfirmWords words={words} onChange={setWords} />
          ) : (
            <SecretField
              entry={entry}
              label={t('unlock.passphrase')}
              hasNativeDialogs={hasNativeDialogs}
              isDisabled={job.isRunning}
            />
          )}
          <JobButtons
            job={job}
            title={t('job.key', { subject: vault.name })}
            submit={t('key.removeSubmit')}
            isDangerous
            isDisabled={isLast && words.trim() !== DESTROY_WORDS}
            onClose={onClose}
          />
        </Stack>
      </form>
    </Dialog>
  );
}

function ConfirmWords({
  words,
  onChange,
}: Readonly<{ words: string; onChange: (words: string) => void }>) {
  return (
    <TextInput
      label={t('key.confirm', { words: DESTROY_WORDS })}
      value={words}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** Gives a key another name. */
export function RenameKeyDialog({
  vault,
  renamed,
  onDone,
  onClose,
}: DialogProps & Readonly<{ renamed: KeyInfo; onDone: () => void }>) {
  const bridge = useBridge();
  const command = useCommand();
  const [name, setName] = useState(renamed.label.name);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const { keyslotId } = renamed;
    const request = { vaultId: vault.id, keyslotId, name: name.trim(), priority: null };
    if (await command.run(() => bridge.call('key.describe', request))) onDone();
  };
  return (
    <Dialog onClose={onClose} title={t('key.renameTitle', { key: keyName(renamed) })}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label={t('key.name')}
            description={t('key.nameText')}
            value={name}
            maxLength={64}
            autoComplete="off"
            data-autofocus
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {command.error !== null && <ErrorNotice error={command.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={command.isRunning}>
              {t('key.renameSubmit')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
