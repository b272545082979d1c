import { VAULT_PROCESS_SWITCH } from '../../session/vault-process-starter.ts';
import { AT_LOGIN_OPTION } from '../autostart.ts';

/** What the app's binary was started for. */
export type StartMode =
  | Readonly<{ kind: 'window'; paths: readonly string[] }>
  /** The command line; needs no display. */
  | Readonly<{ kind: 'command'; args: readonly string[] }>
  | Readonly<{ kind: 'vault-process' }>
  | Readonly<{ kind: 'refused'; switchName: string }>;

/** Put first by the `lockline` command; what follows `--` is the command's. */
export const COMMAND_SWITCH = '--lockline-command';

/** Switches of Chromium that change how things look, and nothing else. */
const HARMLESS_SWITCHES: ReadonlySet<string> = new Set([
  AT_LOGIN_OPTION,
  '--class',
  '--disable-gpu',
  '--enable-wayland-ime',
  '--force-device-scale-factor',
  '--gtk-version',
  '--high-dpi-support',
  '--lang',
  '--name',
  '--ozone-platform',
  '--ozone-platform-hint',
]);

/**
 * Tells what to do from the arguments of the app's binary.
 *
 * SECURITY: a switch that is not known to be harmless is refused before a window or a session is
 * made: with `--remote-debugging-port`, `--inspect`, `--js-flags`, `--no-sandbox`, `--load-extension`,
 * `--proxy-server`, `--password-store` and their like, any program of the user could get at what the
 * window shows or is told.
 *
 * @param args - Without the binary's name, as Electron gives them.
 */
export function readStartMode(args: readonly string[]): StartMode {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const rest = args.slice(end + 1);
  if (args[0] === VAULT_PROCESS_SWITCH) return { kind: 'vault-process' };
  if (args[0] === COMMAND_SWITCH) return { kind: 'command', args: rest };
  const switches = args.slice(0, end).filter((arg) => arg.startsWith('-'));
  const refused = switches.map(nameOf).find((name) => !HARMLESS_SWITCHES.has(name));
  if (refused !== undefined) return { kind: 'refused', switchName: refused };
  return {
    kind: 'window',
    paths: [...args.slice(0, end).filter((arg) => !arg.startsWith('-')), ...rest],
  };
}

function nameOf(argument: string): string {
  return argument.split('=', 1)[0]?.toLowerCase() ?? '';
}
