import type { Session } from 'electron/main';
import { APP_SCHEME } from './app-protocol.ts';

/** Lets a session load the app's own files and nothing else: no network, no permission. */
export function hardenSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    answer({ cancel: URL.parse(url)?.protocol !== `${APP_SCHEME}:` });
  });
  session.on('will-download', (event) => event.preventDefault());
}
