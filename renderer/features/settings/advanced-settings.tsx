import { Button, Group, Stack } from '@mantine/core';
import { useState } from 'react';
import type { LogEntry } from '../../../shared/model/log-entry.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Shortcut } from '../../components/shortcut.tsx';
import { formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';
import type { SettingsProps } from './settings-props.ts';
import classes from './settings-screen.module.css';

/** The log of this run, and a bundle for a fault report. */
export function LogSettings({ command }: SettingsProps) {
  const bridge = useBridge();
  const [entries, setEntries] = useState<readonly LogEntry[] | null>(null);
  const [writtenPath, setWrittenPath] = useState<string | null>(null);
  const show = () => command.run(async () => setEntries(await bridge.call('app.log', {})));
  const write = () =>
    command.run(async () => setWrittenPath((await bridge.call('app.diagnostics', {})).path));
  return (
    <>
      <Group justify="space-between" gap="md">
        <p className={classes['beside']}>{t('settings.logText')}</p>
        <Button variant="default" onClick={() => void show()}>
          {t('settings.logShow')}
        </Button>
      </Group>
      <Group justify="space-between" gap="md">
        <p className={classes['beside']}>{t('settings.diagnosticsText')}</p>
        <Button variant="default" onClick={() => void write()}>
          {t('settings.diagnostics')}
        </Button>
      </Group>
      <p className={classes['text']} role="status">
        {writtenPath !== null && t('settings.diagnosticsDone', { path: writtenPath })}
      </p>
      {entries !== null && <LogDialog entries={entries} onClose={() => setEntries(null)} />}
    </>
  );
}

type LogDialogProps = Readonly<{ entries: readonly LogEntry[]; onClose: () => void }>;

function LogDialog({ entries, onClose }: LogDialogProps) {
  // Two entries may say the same at the same moment: their place tells them apart.
  const lines = entries.map((entry, place) => ({ ...entry, place }));
  return (
    <Dialog title={t('settings.log')} size="lg" onClose={onClose}>
      {entries.length === 0 ? (
        <p className={classes['text']}>{t('settings.logEmpty')}</p>
      ) : (
        <ol className={classes['log']}>
          {lines.map(({ atMs, event, facts, place }) => (
            <li key={place}>
              <time>{formatTime(atMs)}</time> {event}{' '}
              {Object.entries(facts)
                .map(([name, value]) => `${name}=${value}`)
                .join(' ')}
            </li>
          ))}
        </ol>
      )}
    </Dialog>
  );
}

/** Back to how everything was at first. */
export function ResetSettings({ command }: SettingsProps) {
  const bridge = useBridge();
  const [isAsking, setAsking] = useState(false);
  const reset = () => {
    setAsking(false);
    void command.run(() => bridge.call('settings.reset', {}));
  };
  return (
    <Group justify="space-between" gap="md">
      <p className={classes['beside']}>{t('settings.resetText')}</p>
      <Button variant="default" onClick={() => setAsking(true)}>
        {t('settings.reset')}
      </Button>
      {isAsking && (
        <Dialog title={t('settings.resetAsk')} onClose={() => setAsking(false)}>
          <Stack gap="md">
            <p className={classes['text']}>{t('settings.resetText')}</p>
            <Group justify="flex-end" gap="xs">
              <Button variant="default" data-autofocus onClick={() => setAsking(false)}>
                {t('common.cancel')}
              </Button>
              <Button onClick={reset}>{t('settings.reset')}</Button>
            </Group>
          </Stack>
        </Dialog>
      )}
    </Group>
  );
}

const SHORTCUTS = [
  { keys: ['Alt', 'N'], words: 'shortcut.create' },
  { keys: ['Alt', 'A'], words: 'shortcut.add' },
  { keys: ['Alt', 'V'], words: 'shortcut.vaults' },
  { keys: ['Alt', 'J'], words: 'jobs.title' },
  { keys: ['Alt', 'B'], words: 'benchmark.title' },
  { keys: ['Alt', 'S'], words: 'shortcut.settings' },
] as const;

/** The keys that work everywhere in the window. */
export function ShortcutSettings() {
  return (
    <ul className={classes['shortcuts']}>
      {SHORTCUTS.map(({ keys, words }) => (
        <li key={words}>
          <span>{t(words)}</span>
          <Shortcut keys={keys} />
        </li>
      ))}
    </ul>
  );
}
