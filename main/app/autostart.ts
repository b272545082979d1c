import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'electron/main';

/** Told at a start that nobody asked for: the window stays out of the way. */
export const AT_LOGIN_OPTION = '--at-login';

export type AutostartOptions = Readonly<{
  app: Pick<App, 'setLoginItemSettings'>;
  platform: NodeJS.Platform;
  environment: NodeJS.ProcessEnv;
  /** The program to be started, absolute. */
  program: string;
}>;

/** Has Lockline start with the user's session, or no longer. Electron cannot do that on Linux. */
export function setAutostart(isWanted: boolean, options: AutostartOptions): void {
  if (options.platform !== 'linux') {
    options.app.setLoginItemSettings({ openAtLogin: isWanted, args: [AT_LOGIN_OPTION] });
    return;
  }
  const folder = join(configFolder(options.environment), 'autostart');
  const path = join(folder, 'lockline.desktop');
  if (!isWanted) {
    rmSync(path, { force: true });
    return;
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, desktopEntry(options.program));
}

function configFolder(environment: NodeJS.ProcessEnv): string {
  return environment['XDG_CONFIG_HOME'] || join(homedir(), '.config');
}

/** @see Desktop Entry Specification, "The Exec key": quoting */
function desktopEntry(program: string): string {
  const quoted = program
    .replaceAll('\\', '\\\\')
    .replaceAll(/["`$]/g, '\\$&')
    .replaceAll('%', '%%');
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Lockline',
    'Icon=lockline',
    `Exec="${quoted.replaceAll('\\', '\\\\')}" ${AT_LOGIN_OPTION}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}
