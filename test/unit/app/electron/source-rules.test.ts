import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

/** Every source of the app itself, by its path. */
const SOURCES = ['main', 'renderer', 'shared'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|tsx|html)$/.test(name))
    .map((name) => join(folder, name)),
);
const CODE = new Map(SOURCES.map((name) => [name, readFileSync(join(ROOT, name), 'utf8')]));

/** What the app does not do, and by which words it would. */
const NEVER: readonly (readonly [what: string, words: RegExp])[] = [
  ['starts the crash reporter, whose dumps would hold keys', /crashReporter/],
  ['looks for updates by itself', /autoUpdater|electron-updater/],
  ['opens an address in another program', /openExternal/],
  ['sets switches or features of Chromium', /appendSwitch|appendArgument|enableBlinkFeatures/],
  ['shows pages of others', /<webview|BrowserView|WebContentsView/],
  [
    'waives what a certificate says',
    /certificate-error|setCertificateVerifyProc|rejectUnauthorized/,
  ],
  ['runs text as code', /\beval\(|new Function\(|executeJavaScript|insertCSS/],
  [
    'takes text for markup',
    /dangerouslySetInnerHTML|\.innerHTML|insertAdjacentHTML|document\.write/,
  ],
  ['quietens warnings of Electron', /ELECTRON_DISABLE_SECURITY_WARNINGS/],
  ['serves files as they lie on the disk', /registerFileProtocol|interceptFileProtocol|loadFile\(/],
  [
    'gives the page Node or Electron',
    /nodeIntegration\w*: true|sandbox: false|contextIsolation: false/,
  ],
  [
    'speaks to another computer',
    /from '(node:)?(https|http2|dns|tls|dgram|electron\/net)'|\bfetch\(/,
  ],
];

describe('the app', () => {
  it('is looked at as a whole', () => {
    expect(SOURCES.length).toBeGreaterThan(400);
  });

  it.each(NEVER)('never %s', (_what, words) => {
    expect(SOURCES.filter((name) => words.test(CODE.get(name) ?? ''))).toEqual([]);
  });

  it('listens as a web server in one place, and connects to sockets of this machine alone', () => {
    const using = (words: RegExp) => SOURCES.filter((name) => words.test(CODE.get(name) ?? ''));
    expect(using(/createServer[^;]*\} from 'node:http'/)).toEqual([
      'main/app/browser/browser-host.ts',
    ]);
    const connecting = using(/createConnection\(|\bconnect\(\{/);
    for (const name of connecting) expect(CODE.get(name)).not.toMatch(/host:|port:/);
  });

  it('is built for an Electron in which the bridge is whole', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    // CVE-2026-70601, CVE-2026-70610 (fixed in 42.0.0) and what went before.
    expect(Number(manifest.devDependencies['electron']?.split('.')[0])).toBeGreaterThanOrEqual(42);
    expect(manifest.devDependencies['electron']).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
