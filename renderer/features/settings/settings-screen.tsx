import { TextInput } from '@mantine/core';
import { type ComponentType, useState } from 'react';
import type { AppSnapshot } from '../../../shared/model/app.ts';
import type { SettingsChanges } from '../../../shared/model/settings.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { SearchIcon } from '../../components/icons.tsx';
import { Screen, Section } from '../../components/screen.tsx';
import type { MessageKey } from '../../i18n/messages-en.ts';
import { t } from '../../i18n/translate.ts';
import { useCommand } from '../../store/use-command.ts';
import { AboutSettings } from './about-settings.tsx';
import { LogSettings, ResetSettings, ShortcutSettings } from './advanced-settings.tsx';
import { EngineSettings, KdfSettings, MountSettings } from './default-settings.tsx';
import { AppearanceSettings, DesktopSettings, LanguageSettings } from './general-settings.tsx';
import { AutoLockSettings, KeychainSettings } from './security-settings.tsx';
import type { SettingsProps } from './settings-props.ts';
import classes from './settings-screen.module.css';

/** A card of settings. `words` are what a search looks in, besides the titles. */
type Card = Readonly<{
  group: MessageKey;
  title: MessageKey;
  words: readonly MessageKey[];
  Content: ComponentType<SettingsProps>;
}>;

const CARDS: readonly Card[] = [
  {
    group: 'settings.general',
    title: 'settings.language',
    words: ['settings.languageAuto'],
    Content: LanguageSettings,
  },
  {
    group: 'settings.general',
    title: 'settings.appearance',
    words: ['settings.colorScheme', 'settings.light', 'settings.dark'],
    Content: AppearanceSettings,
  },
  {
    group: 'settings.general',
    title: 'settings.behaviour',
    words: [
      'settings.openFolder',
      'settings.notifications',
      'settings.startAtLogin',
      'settings.startMinimised',
      'settings.keepInTray',
    ],
    Content: DesktopSettings,
  },
  {
    group: 'settings.security',
    title: 'settings.autoLock',
    words: ['autoLock.idle', 'autoLock.after', 'autoLock.event.suspend', 'autoLock.force'],
    Content: AutoLockSettings,
  },
  {
    group: 'settings.security',
    title: 'settings.keychain',
    words: ['keychain.title', 'settings.forgetAll'],
    Content: KeychainSettings,
  },
  {
    group: 'settings.performance',
    title: 'settings.engines',
    words: [
      'engine.read',
      'engine.write',
      'engine.inlineName',
      'engine.threadedName',
      'engine.provider',
      'engine.threads',
      'engine.hardware',
    ],
    Content: EngineSettings,
  },
  {
    group: 'settings.performance',
    title: 'settings.newVaults',
    words: ['settings.kdfTime', 'create.sector'],
    Content: KdfSettings,
  },
  {
    group: 'settings.mounts',
    title: 'settings.mounts',
    words: ['settings.mountReadOnly', 'backend.field', 'backend.dmcrypt', 'backend.fuse'],
    Content: MountSettings,
  },
  {
    group: 'settings.advanced',
    title: 'settings.log',
    words: ['settings.diagnostics', 'settings.logShow'],
    Content: LogSettings,
  },
  {
    group: 'settings.advanced',
    title: 'settings.shortcuts',
    words: ['shortcut.create', 'shortcut.add'],
    Content: ShortcutSettings,
  },
  {
    group: 'settings.advanced',
    title: 'settings.reset',
    words: [],
    Content: ResetSettings,
  },
  {
    group: 'settings.advanced',
    title: 'settings.about',
    words: ['settings.noNetwork', 'settings.licences'],
    Content: AboutSettings,
  },
];

/** Everything that can be set, each change in force at once. */
export function SettingsScreen({ snapshot }: { snapshot: AppSnapshot }) {
  const bridge = useBridge();
  const command = useCommand();
  const [search, setSearch] = useState('');
  const change = (changes: SettingsChanges) =>
    void command.run(() => bridge.call('settings.update', { changes }));
  const found = CARDS.filter((card) => matches(card, search));
  return (
    <Screen title={t('settings.title')}>
      <div className={classes['column']}>
        <TextInput
          type="search"
          aria-label={t('settings.search')}
          placeholder={t('settings.search')}
          leftSection={<SearchIcon size={16} />}
          value={search}
          autoComplete="off"
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        {command.error !== null && <ErrorNotice error={command.error} />}
        <p className={classes['none']} role="status">
          {found.length === 0 && t('settings.noneFound')}
        </p>
        {found.map(({ group, title, Content }, index) => (
          <div key={title} className={classes['card']}>
            {found[index - 1]?.group !== group && (
              <span className={classes['group']}>{t(group)}</span>
            )}
            <Section title={t(title)}>
              <Content snapshot={snapshot} change={change} command={command} />
            </Section>
          </div>
        ))}
      </div>
    </Screen>
  );
}

function matches({ group, title, words }: Card, search: string): boolean {
  const text = [group, title, ...words].map((key) => t(key)).join(' ');
  const wanted = search.toLocaleLowerCase().split(/\s+/);
  return wanted.every((word) => text.toLocaleLowerCase().includes(word));
}
