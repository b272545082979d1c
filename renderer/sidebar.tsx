import { t } from './i18n/translate.ts';
import type { Route, ScreenName } from './navigation/route.ts';
import { SCREEN_TITLES, SIDEBAR_ENTRIES } from './screens.ts';
import classes from './sidebar.module.css';

type SidebarProps = Readonly<{ screen: Route['screen']; onGo: (screen: ScreenName) => void }>;

/** The way between screens. */
export function Sidebar({ screen, onGo }: SidebarProps) {
  return (
    <nav className={classes['sidebar']} aria-label={t('app.navigation')}>
      <span className={classes['brand']}>
        <img src="./icon.svg" alt="" width={24} height={24} />
        Lockline
      </span>
      <ul>
        {SIDEBAR_ENTRIES.map(({ screen: name, keys, Icon }) => (
          <li key={name}>
            <button
              type="button"
              aria-current={currentOf(name, screen)}
              aria-keyshortcuts={keys}
              onClick={() => onGo(name)}
            >
              <Icon />
              {t(SCREEN_TITLES[name])}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Creating a vault and the page of one belong to the vaults, without being their list. */
function currentOf(entry: ScreenName, screen: Route['screen']): 'page' | 'true' | undefined {
  if (entry === screen) return 'page';
  return entry === 'vaults' && (screen === 'create' || screen === 'vault') ? 'true' : undefined;
}
