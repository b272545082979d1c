import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { DESTROY_WORDS } from '../../../shared/model/keys.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { formatSize, MIB, parseSize } from '../../../shared/units.ts';
import { useBridge, useCapabilities } from '../../bridge/bridge-context.tsx';
import { useSecretEntry, wipeSecret } from '../../bridge/use-secret-entry.ts';
import { BackUpHeader } from '../../components/back-up-header.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { ProgressLine } from '../../components/progress-line.tsx';
import { Section } from '../../components/screen.tsx';
import { SecretField } from '../../components/secret-field.tsx';
import { t } from '../../i18n/translate.ts';
import { useCommand } from '../../store/use-command.ts';
import { useJob } from '../../store/use-job.ts';
import { ConvertSection } from './convert-section.tsx';
import { FilesystemSection } from './filesystem-section.tsx';
import { HealthSection } from './health-section.tsx';
import { RestoreSection } from './restore-section.tsx';

/** Backup, restore, health, size and end of a vault. */
export function VaultMaintenance({ vault }: { vault: VaultSnapshot }) {
  return (
    <>
      <Section title={t('maintenance.backup')}>
        <Text size="sm">{t('maintenance.backupText')}</Text>
        <BackUpHeader vault={vault} onDone={() => {}} />
      </Section>
      <HealthSection vault={vault} />
      <FilesystemSection vault={vault} />
      <RestoreSection vault={vault} />
      <GrowSection vault={vault} />
      <ConvertSection vault={vault} />
      <EraseSection vault={vault} />
    </>
  );
}

/** Grows a locked vault. */
function GrowSection({ vault }: { vault: VaultSnapshot }) {
  const bridge = useBridge();
  const { hasNativeDialogs } = useCapabilities();
  const entry = useSecretEntry();
  const [size, setSize] = useState('');
  const [isRefused, setRefused] = useState(false);
  const job = useJob(() => setSize(''));
  const presentBytes = vault.containerBytes ?? 0;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wanted = parseSize(size) ?? 0;
    const sizeBytes = wanted - (wanted % 4096);
    setRefused(sizeBytes <= presentBytes || sizeBytes < MIB);
    if (sizeBytes <= presentBytes || sizeBytes < MIB) return;
    const secret = await entry.take();
    if (secret === null) return;
    await job.start(() => bridge.call('vault.resize', { vaultId: vault.id, sizeBytes, secret }));
    wipeSecret(secret);
  };
  return (
    <Section title={t('maintenance.grow')}>
      <Text size="sm">{t('maintenance.growText', { size: formatSize(presentBytes) })}</Text>
      {vault.state === 'locked' ? (
        <form onSubmit={submit}>
          <Stack gap="sm" maw={480}>
            <TextInput
              label={t('maintenance.growSize')}
              value={size}
              error={isRefused ? t('maintenance.growInvalid') : undefined}
              autoComplete="off"
              onChange={(event) => {
                setRefused(false);
                setSize(event.currentTarget.value);
              }}
            />
            <SecretField
              entry={entry}
              label={t('unlock.passphrase')}
              hasNativeDialogs={hasNativeDialogs}
              isDisabled={job.isRunning}
            />
            {job.error !== null && <ErrorNotice error={job.error} />}
            {job.isRunning && (
              <ProgressLine
                label={t('job.resize', { subject: vault.name })}
                phase={t(`phase.${job.job?.phase ?? 'starting'}`)}
                fraction={job.job?.fraction ?? null}
              />
            )}
            <Group>
              <Button type="submit" variant="default" loading={job.isRunning}>
                {t('maintenance.growSubmit')}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Text size="sm">{t('maintenance.lockFirst')}</Text>
      )}
    </Section>
  );
}

/** Destroys every key, after the words were typed. */
function EraseSection({ vault }: { vault: VaultSnapshot }) {
  const bridge = useBridge();
  const command = useCommand();
  const [words, setWords] = useState('');
  const [isErased, setErased] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const request = { vaultId: vault.id, confirmation: words.trim() };
    if (!(await command.run(() => bridge.call('key.erase', request)))) return;
    setWords('');
    setErased(true);
  };
  return (
    <Section title={t('maintenance.erase')}>
      <Text size="sm">{t('maintenance.eraseText')}</Text>
      <form onSubmit={submit}>
        <Stack gap="sm" maw={480}>
          <TextInput
            label={t('key.confirm', { words: DESTROY_WORDS })}
            value={words}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setWords(event.currentTarget.value)}
          />
          {command.error !== null && <ErrorNotice error={command.error} />}
          {isErased && (
            <Text size="sm" role="status">
              {t('maintenance.erased')}
            </Text>
          )}
          <Group>
            <Button
              type="submit"
              color="red.9"
              disabled={words.trim() !== DESTROY_WORDS}
              loading={command.isRunning}
            >
              {t('maintenance.eraseSubmit')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
