import { Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { type FormEvent, useEffect, useState } from 'react';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import {
  encodeRecoveryKey,
  RECOVERY_ENTROPY_BYTES,
} from '../../../shared/recovery/recovery-words.ts';
import { useBridge, useCapabilities } from '../../bridge/bridge-context.tsx';
import { usePathGrant } from '../../bridge/use-path-grant.ts';
import { useSecretEntry, wipeSecret } from '../../bridge/use-secret-entry.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { PathField } from '../../components/path-field.tsx';
import { SecretField } from '../../components/secret-field.tsx';
import { t } from '../../i18n/translate.ts';
import { useCommand } from '../../store/use-command.ts';
import { useJob } from '../../store/use-job.ts';
import { JobButtons } from './job-buttons.tsx';
import { type KeyCost, kdfOf } from './key-cost-field.tsx';
import classes from './key-table.module.css';

type RecoveryDialogProps = Readonly<{
  vault: VaultSnapshot;
  kdfTimeMs: number;
  /** LUKS1 takes `compatible` alone. */
  cost: KeyCost;
  onDone: () => void;
  onClose: () => void;
}>;

/** Makes a recovery key, shows its words once, and adds it when they are kept. */
export function RecoveryDialog({ vault, kdfTimeMs, cost, onDone, onClose }: RecoveryDialogProps) {
  const bridge = useBridge();
  const { hasNativeDialogs } = useCapabilities();
  const words = useNewWords();
  const existing = useSecretEntry();
  const [isKept, setKept] = useState(false);
  const job = useJob(onDone);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (job.isRunning || !isKept) return;
    const present = await existing.take();
    if (present === null) return;
    const added = { kind: 'passphrase', bytes: words.slice() } as const;
    const kdf = kdfOf(cost, kdfTimeMs);
    const request = { vaultId: vault.id, existing: present, added, kdf } as const;
    try {
      await job.start(() => bridge.call('key.add', { ...request, kind: 'recovery', name: '' }));
    } finally {
      wipeSecret(present);
      wipeSecret(added);
    }
  };
  return (
    <Dialog onClose={onClose} title={t('recovery.title')} size="lg">
      <form onSubmit={submit}>
        <Stack gap="md">
          <Text size="sm">{t('recovery.text')}</Text>
          <WordSheet words={words} />
          <KeepWords words={words} hasNativeDialogs={hasNativeDialogs} />
          <Checkbox
            label={t('recovery.kept')}
            checked={isKept}
            onChange={(event) => setKept(event.currentTarget.checked)}
          />
          {isKept && (
            <SecretField
              entry={existing}
              label={t('key.existingPassphrase')}
              hasNativeDialogs={hasNativeDialogs}
              isDisabled={job.isRunning}
            />
          )}
          <JobButtons
            job={job}
            title={t('job.key', { subject: vault.name })}
            submit={t('recovery.store')}
            isDisabled={!isKept}
            onClose={onClose}
          />
        </Stack>
      </form>
    </Dialog>
  );
}

/** New words for as long as the dialog is open; overwritten when it goes. */
function useNewWords(): Uint8Array<ArrayBuffer> {
  const [words] = useState(() => {
    const entropy = crypto.getRandomValues(new Uint8Array(RECOVERY_ENTROPY_BYTES));
    const made = encodeRecoveryKey(entropy);
    entropy.fill(0);
    return made;
  });
  useEffect(
    () => () => {
      words.fill(0);
    },
    [words],
  );
  return words;
}

function WordSheet({ words }: { words: Uint8Array }) {
  const texts = new TextDecoder().decode(words).split(' ');
  // A word may come twice: its place is its name.
  const list = texts.map((word, index) => ({ word, place: index + 1 }));
  return (
    <ol className={classes['words']} data-recovery-words>
      {list.map(({ word, place }) => (
        <li key={place}>
          <span>{place}</span>
          {word}
        </li>
      ))}
    </ol>
  );
}

function KeepWords({
  words,
  hasNativeDialogs,
}: Readonly<{ words: Uint8Array; hasNativeDialogs: boolean }>) {
  const bridge = useBridge();
  const command = useCommand();
  const { suggestedFolder } = useCapabilities();
  const path = usePathGrant('recovery-save', `${suggestedFolder}/recovery-key.txt`);
  const [savedIn, setSavedIn] = useState<string | null>(null);
  const save = async () => {
    const grant = await path.obtain();
    if (grant === null) return;
    const copy = words.slice();
    const isSaved = await command.run(() =>
      bridge.call('recovery.save', { grantId: grant.grantId, words: copy }),
    );
    copy.fill(0);
    if (isSaved) setSavedIn(grant.path);
  };
  return (
    <Stack gap="xs">
      <PathField
        label={t('recovery.saveTo')}
        text={path.text}
        error={path.error === null ? undefined : t('path.invalid')}
        hasNativeDialogs={hasNativeDialogs}
        onType={path.type}
        onChoose={path.choose}
      />
      {command.error !== null && <ErrorNotice error={command.error} />}
      {savedIn !== null && (
        <Text size="sm" role="status">
          {t('recovery.saved', { path: savedIn })}
        </Text>
      )}
      <Group gap="xs">
        <Button variant="default" onClick={save} loading={command.isRunning}>
          {t('recovery.save')}
        </Button>
        <Button variant="default" onClick={() => window.print()}>
          {t('recovery.print')}
        </Button>
      </Group>
    </Stack>
  );
}
