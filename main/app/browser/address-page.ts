import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A page on disk that leads to an address. */
export type AddressPage = Readonly<{ path: string }> & Disposable;

/**
 * Writes a page that only this user can read and that leads to `url`.
 *
 * SECURITY: the address carries the one-time token. As an argument of the browser's command line
 * every user of the machine could read it there, and be first.
 *
 * @returns Dispose it to delete the page.
 */
export function writeAddressPage(url: string, environment: NodeJS.ProcessEnv): AddressPage {
  const folder = mkdtempSync(join(environment['XDG_RUNTIME_DIR'] || tmpdir(), 'lockline-open-'));
  const path = join(folder, 'lockline.html');
  const page = `<!doctype html><meta http-equiv="refresh" content="0; url=${url}"><title>Lockline</title>\n`;
  writeFileSync(path, page, { mode: 0o600, flag: 'wx' });
  return { path, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
