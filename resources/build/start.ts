/**
 * `npm start`: builds what is not current and opens the app, in Electron where its binary can be
 * had and a display is there, else in the browser; and says which and why.
 */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import './build-kernel.ts';
import { buildRenderer } from './build-renderer.ts';
import { ELECTRON_FOLDER, findElectronBinary, whyNoElectronWindow } from './find-electron.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const DOWNLOAD_HOST = 'https://github.com';
/** Electron's own download waits for ever on a server that does not answer. */
const PROBE_MS = 3_000;

async function canDownload(): Promise<boolean> {
  const request = fetch(DOWNLOAD_HOST, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_MS) });
  return request.then(
    (response) => response.ok,
    () => false,
  );
}

/** Returns the binary, or why the browser is used instead. */
async function findElectron(): Promise<Readonly<{ path?: string; reason: string }>> {
  const reason = whyNoElectronWindow();
  if (reason !== undefined) return { reason };
  const present = findElectronBinary();
  if (present !== undefined) return { path: present, reason: '' };
  if (!(await canDownload())) return { reason: "Electron's binary cannot be downloaded from here" };
  spawnSync(process.execPath, [`${ELECTRON_FOLDER}/install.js`], { cwd: root, stdio: 'inherit' });
  const installed = findElectronBinary();
  return installed === undefined
    ? { reason: "Electron's binary could not be installed" }
    : { path: installed, reason: '' };
}

await buildRenderer();
const { path, reason } = await findElectron();
if (path === undefined) console.log(`Opening in the browser: ${reason}`);
else await import('./build.ts');
const child =
  path === undefined
    ? spawn(process.execPath, [`${root}main/app/start-browser.ts`], { cwd: root, stdio: 'inherit' })
    : spawn(path, [root], { cwd: root, stdio: 'inherit' });
// The app locks its vaults on these; it is waited for.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => child.kill(signal));
}
child.on('exit', (code) => process.exit(code ?? 1));
