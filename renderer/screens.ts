import type { ReactNode } from 'react';
import { ActivityIcon, GaugeIcon, LockIcon, SettingsIcon } from './components/icons.tsx';
import type { MessageKey } from './i18n/messages-en.ts';
import type { ScreenName } from './navigation/route.ts';

/** Heading of each screen, also in the title of the window. */
export const SCREEN_TITLES: Readonly<Record<ScreenName, MessageKey>> = {
  vaults: 'vaults.title',
  create: 'create.title',
  jobs: 'jobs.title',
  benchmark: 'benchmark.title',
  settings: 'settings.title',
};

/** An entry of the sidebar. */
export type SidebarEntry = Readonly<{
  screen: ScreenName;
  /** As `aria-keyshortcuts` names it. */
  keys: string;
  Icon: (props: { size?: number }) => ReactNode;
}>;

/** The ways between screens, in order. */
export const SIDEBAR_ENTRIES: readonly SidebarEntry[] = [
  { screen: 'vaults', keys: 'Alt+V', Icon: LockIcon },
  { screen: 'jobs', keys: 'Alt+J', Icon: ActivityIcon },
  { screen: 'benchmark', keys: 'Alt+B', Icon: GaugeIcon },
  { screen: 'settings', keys: 'Alt+S', Icon: SettingsIcon },
];

/** Screens by the key that is pressed with Alt, as `KeyboardEvent.code` names it. */
export const SCREEN_SHORTCUTS: readonly Readonly<{ code: string; screen: ScreenName }>[] = [
  { code: 'KeyV', screen: 'vaults' },
  { code: 'KeyN', screen: 'create' },
  { code: 'KeyJ', screen: 'jobs' },
  { code: 'KeyB', screen: 'benchmark' },
  { code: 'KeyS', screen: 'settings' },
];
