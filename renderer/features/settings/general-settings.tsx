import { NativeSelect, SegmentedControl, Switch } from '@mantine/core';
import { COLOR_SCHEMES, LANGUAGES, type Language } from '../../../shared/model/settings.ts';
import { useCapabilities } from '../../bridge/bridge-context.tsx';
import type { MessageKey } from '../../i18n/messages-en.ts';
import { t } from '../../i18n/translate.ts';
import type { SettingsProps } from './settings-props.ts';
import classes from './settings-screen.module.css';

/** Each language by its own name: who cannot read the window finds theirs. */
const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  ja: '日本語',
};

/** Language of the window. */
export function LanguageSettings({ snapshot, change }: SettingsProps) {
  return (
    <NativeSelect
      className={classes['narrow'] ?? ''}
      aria-label={t('settings.language')}
      value={snapshot.settings.language}
      data={[
        { value: 'auto', label: t('settings.languageAuto') },
        ...LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] })),
      ]}
      onChange={({ currentTarget: { value } }) =>
        change({ language: LANGUAGES.find((known) => known === value) ?? 'auto' })
      }
    />
  );
}

/** Light, dark, or as the system. */
export function AppearanceSettings({ snapshot, change }: SettingsProps) {
  return (
    <SegmentedControl
      className={classes['narrow'] ?? ''}
      aria-label={t('settings.colorScheme')}
      value={snapshot.settings.colorScheme}
      data={COLOR_SCHEMES.map((value) => ({ value, label: t(`settings.${value}`) }))}
      onChange={(value) =>
        change({ colorScheme: COLOR_SCHEMES.find((scheme) => scheme === value) ?? 'auto' })
      }
    />
  );
}

type Toggle = Readonly<{
  field:
    | 'openFolderAfterMount'
    | 'notifications'
    | 'startAtLogin'
    | 'startMinimised'
    | 'keepInTray';
  label: MessageKey;
  text?: MessageKey;
}>;

const FOLDER_TOGGLE: Toggle = {
  field: 'openFolderAfterMount',
  label: 'settings.openFolder',
  text: 'settings.openFolderText',
};

const DESKTOP_TOGGLES: readonly Toggle[] = [
  {
    field: 'notifications',
    label: 'settings.notifications',
    text: 'settings.notificationsText',
  },
  { field: 'startAtLogin', label: 'settings.startAtLogin' },
  {
    field: 'startMinimised',
    label: 'settings.startMinimised',
    text: 'settings.startMinimisedText',
  },
  { field: 'keepInTray', label: 'settings.keepInTray', text: 'settings.keepInTrayText' },
];

/** How Lockline behaves on the desktop; a browser's page has less of it. */
export function DesktopSettings({ snapshot, change }: SettingsProps) {
  const { canOpenFolders, isDesktopApp } = useCapabilities();
  const toggles = [
    ...(canOpenFolders ? [FOLDER_TOGGLE] : []),
    ...(isDesktopApp ? DESKTOP_TOGGLES : []),
  ];
  if (toggles.length === 0) return <p className={classes['text']}>{t('settings.noDesktop')}</p>;
  return toggles.map(({ field, label, text }) => (
    <Switch
      key={field}
      label={t(label)}
      description={text && t(text)}
      checked={snapshot.settings[field]}
      onChange={(event) => change({ [field]: event.currentTarget.checked })}
    />
  ));
}
