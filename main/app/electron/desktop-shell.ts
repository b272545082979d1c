import { join } from 'node:path';
import {
  type App,
  type BrowserWindow,
  globalShortcut,
  Menu,
  Notification,
  Tray,
} from 'electron/main';
import type { AppSnapshot } from '../../../shared/model/app.ts';
import type { Services } from '../../services/services.ts';
import { type AppWords, appWords } from '../app-words.ts';
import { setAutostart } from '../autostart.ts';
import { JobNotices, type Notice } from '../notifier.ts';
import { type TrayActions, trayMenu, trayToolTip } from './tray-menu.ts';

/** Locks all vaults, in any program. */
export const LOCK_ALL_ACCELERATOR = 'CommandOrControl+Alt+L';

export type DesktopShellOptions = Readonly<{
  app: App;
  window: BrowserWindow;
  services: Services;
  /** Folder of `lockline.png` in the sizes that trays want. */
  iconFolder: string;
  actions: TrayActions;
}>;

/**
 * What is there beside the window: tray, the shortcut that locks all, start at login, notifications.
 * Follows the settings.
 */
export class DesktopShell implements Disposable {
  readonly #options: DesktopShellOptions;
  readonly #notices = new JobNotices();
  readonly #subscription: Disposable;
  #tray: Tray | undefined;
  /** Menu and settings as they were shown last: a snapshot comes twice a second. */
  #shown = '';
  #followed = '';

  constructor(options: DesktopShellOptions) {
    this.#options = options;
    this.#follow(options.services.snapshot());
    this.#subscription = options.services.subscribe(
      (snapshot) => this.#follow(snapshot),
      'changes',
    );
  }

  /** Shows a notification where the settings want any. */
  notify({ title, body }: Notice): void {
    if (!this.#options.services.snapshot().settings.notifications) return;
    if (Notification.isSupported()) new Notification({ title, body, silent: true }).show();
  }

  /** The words in the language of now. */
  get words(): AppWords {
    const { language } = this.#options.services.snapshot().settings;
    return appWords(language, this.#options.app.getLocale());
  }

  #follow(snapshot: AppSnapshot): void {
    const { window } = this.#options;
    this.#followSettings(snapshot);
    this.#showTray(snapshot);
    const isWatched = !window.isDestroyed() && window.isFocused();
    for (const notice of this.#notices.take(snapshot, this.words, isWatched)) this.notify(notice);
  }

  #followSettings({ settings }: AppSnapshot): void {
    const { app, actions } = this.#options;
    const followed = JSON.stringify([settings.startAtLogin, settings.hasLockAllShortcut]);
    if (followed === this.#followed) return;
    this.#followed = followed;
    const { env: environment, execPath: program, platform } = process;
    setAutostart(settings.startAtLogin, { app, platform, environment, program });
    globalShortcut.unregisterAll();
    // Another program may have it: then it stays without effect, as everywhere.
    if (settings.hasLockAllShortcut) globalShortcut.register(LOCK_ALL_ACCELERATOR, actions.lockAll);
  }

  #showTray(snapshot: AppSnapshot): void {
    const { iconFolder, actions } = this.#options;
    const template = trayMenu(snapshot, this.words, actions);
    const toolTip = trayToolTip(snapshot, this.words);
    const shown = JSON.stringify([template, toolTip]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#tray ??= this.#makeTray(join(iconFolder, '32x32.png'));
    this.#tray.setContextMenu(Menu.buildFromTemplate([...template]));
    this.#tray.setToolTip(toolTip);
  }

  #makeTray(iconPath: string): Tray {
    const tray = new Tray(iconPath);
    tray.on('click', () => this.#options.actions.show());
    return tray;
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]();
    globalShortcut.unregisterAll();
    this.#tray?.destroy();
  }
}
