import { NativeSelect, SegmentedControl, Stack, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import type { Settings } from '../../../shared/model/settings.ts';
import { useKdfEstimate } from '../../bridge/use-kdf-estimate.ts';
import { EngineModes, MODE_OPTIONS, parseMode } from '../../components/engine-modes.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { describeEstimate, KdfTime } from '../../components/kdf-time.tsx';
import { Screen, Section } from '../../components/screen.tsx';
import { Shortcut } from '../../components/shortcut.tsx';
import { t } from '../../i18n/translate.ts';
import { useCommand } from '../../store/use-command.ts';
import classes from './settings-screen.module.css';

type SettingsScreenProps = Readonly<{
  settings: Settings;
  version: string;
  canOpenFolders: boolean;
  /** Sends changes to main; what is shown changes with the next snapshot. */
  onChange: (changes: Partial<Settings>) => Promise<unknown>;
}>;

const SCHEMES = ['auto', 'light', 'dark'] as const;

/** Everything that can be set, each change in force at once. */
export function SettingsScreen({
  settings,
  version,
  canOpenFolders,
  onChange,
}: SettingsScreenProps) {
  const command = useCommand();
  const change = (changes: Partial<Settings>) => void command.run(() => onChange(changes));
  return (
    <Screen title={t('settings.title')}>
      <div className={classes['column']}>
        {command.error !== null && <ErrorNotice error={command.error} />}
        <Section title={t('settings.appearance')}>
          <SegmentedControl
            className={classes['narrow'] ?? ''}
            aria-label={t('settings.colorScheme')}
            value={settings.colorScheme}
            data={SCHEMES.map((value) => ({ value, label: t(`settings.${value}`) }))}
            onChange={(value) => {
              const colorScheme = SCHEMES.find((scheme) => scheme === value);
              if (colorScheme !== undefined) change({ colorScheme });
            }}
          />
        </Section>
        <Section title={t('settings.engines')}>
          <EngineFields settings={settings} change={change} />
        </Section>
        <Section title={t('settings.newVaults')}>
          <KdfTimeSetting settings={settings} change={change} />
        </Section>
        {canOpenFolders && (
          <Section title={t('settings.behaviour')}>
            <Switch
              label={t('settings.openFolder')}
              description={t('settings.openFolderText')}
              checked={settings.openFolderAfterMount}
              onChange={(event) => change({ openFolderAfterMount: event.currentTarget.checked })}
            />
          </Section>
        )}
        <Section title={t('settings.shortcuts')}>
          <ShortcutList />
        </Section>
        <Section title={t('settings.about')}>
          <Stack gap={2}>
            <Text size="sm">{t('settings.version', { version })}</Text>
            <Text size="sm" c="dimmed">
              {t('settings.noNetwork')}
            </Text>
          </Stack>
        </Section>
      </div>
    </Screen>
  );
}

type FieldsProps = Readonly<{ settings: Settings; change: (changes: Partial<Settings>) => void }>;

const DIRECTION_FIELDS = [
  { field: 'readEngine', words: 'engine.read' },
  { field: 'writeEngine', words: 'engine.write' },
] as const;

function EngineFields({ settings, change }: FieldsProps) {
  return (
    <>
      <div className={classes['pair']}>
        {DIRECTION_FIELDS.map(({ field, words }) => (
          <NativeSelect
            key={field}
            label={t(words)}
            value={settings[field]}
            data={MODE_OPTIONS}
            onChange={(event) => {
              const mode = parseMode(event.currentTarget.value);
              if (mode !== null) change({ [field]: mode });
            }}
          />
        ))}
      </div>
      <EngineModes />
      <Text size="sm" c="dimmed">
        {t('settings.engineText')}
      </Text>
    </>
  );
}

function KdfTimeSetting({ settings, change }: FieldsProps) {
  const [draftMs, setDraftMs] = useState<number | null>(null);
  const valueMs = draftMs ?? settings.kdfTimeMs;
  const estimate = useKdfEstimate('argon2id', settings.kdfTimeMs, true);
  return (
    <KdfTime
      label={t('settings.kdfTime')}
      valueMs={valueMs}
      text={describeEstimate(estimate)}
      onChange={setDraftMs}
      onSettled={(kdfTimeMs) => {
        change({ kdfTimeMs });
        setDraftMs(null);
      }}
    />
  );
}

const SHORTCUTS = [
  { keys: ['Alt', 'N'], words: 'shortcut.create' },
  { keys: ['Alt', 'A'], words: 'shortcut.add' },
  { keys: ['Alt', 'V'], words: 'shortcut.vaults' },
  { keys: ['Alt', 'S'], words: 'shortcut.settings' },
] as const;

function ShortcutList() {
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
