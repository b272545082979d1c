import { LockIcon, SettingsIcon } from './components/icons.tsx';
import { t } from './i18n/translate.ts';
import classes from './sidebar.module.css';

export type ScreenName = 'vaults' | 'create' | 'settings';

type SidebarProps = Readonly<{ screen: ScreenName; onGo: (screen: ScreenName) => void }>;

const ENTRIES = [
  { screen: 'vaults', label: 'app.vaults', keys: 'Alt+V', Icon: LockIcon },
  { screen: 'settings', label: 'app.settings', keys: 'Alt+S', Icon: SettingsIcon },
] as const;

/** The way between screens. */
export function Sidebar({ screen, onGo }: SidebarProps) {
  return (
    <nav className={classes['sidebar']} aria-label={t('app.navigation')}>
      <span className={classes['brand']}>
        <img src="./icon.svg" alt="" width={24} height={24} />
        Lockline
      </span>
      <ul>
        {ENTRIES.map(({ screen: name, label, keys, Icon }) => (
          <li key={name}>
            <button
              type="button"
              aria-current={currentOf(name, screen)}
              aria-keyshortcuts={keys}
              onClick={() => onGo(name)}
            >
              <Icon />
              {t(label)}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** The create screen belongs to the vaults, without being their list. */
function currentOf(entry: ScreenName, screen: ScreenName): 'page' | 'true' | undefined {
  if (entry === screen) return 'page';
  return entry === 'vaults' && screen === 'create' ? 'true' : undefined;
}
