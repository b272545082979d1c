import type { Session } from 'electron/main';
import { APP_SCHEME } from './app-protocol.ts';

/** Addresses of what a page of ours holds in memory. */
const OWN_BLOBS = `blob:${APP_SCHEME}:`;

/** Lets a session load the app's own files and nothing else: no network, no permission. */
export function hardenSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    answer({ cancel: URL.parse(url)?.protocol !== `${APP_SCHEME}:` && !url.startsWith(OWN_BLOBS) });
  });
  // What the window made itself (an exported report) goes where the person says, by Electron's dialog.
  session.on('will-download', (event, item) => {
    if (!item.getURL().startsWith(OWN_BLOBS)) event.preventDefault();
  });
}
