import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Electron's package: its binary is fetched at the first start, not at install. */
export const ELECTRON_FOLDER = fileURLToPath(
  new URL('../../node_modules/electron', import.meta.url),
);

/** Returns Electron's binary; undefined where it was not fetched. */
export function findElectronBinary(): string | undefined {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const name = existsSync(`${ELECTRON_FOLDER}/path.txt`)
    ? readFileSync(`${ELECTRON_FOLDER}/path.txt`, 'utf8').trim()
    : 'electron';
  const path = `${override ?? `${ELECTRON_FOLDER}/dist`}/${name}`;
  return existsSync(path) ? path : undefined;
}

/** Returns why Electron has no window here; undefined where it has. */
export function whyNoElectronWindow(): string | undefined {
  const isHeadless =
    process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'];
  if (isHeadless) return 'there is no display';
  return process.getuid?.() === 0 ? 'Electron does not run as root with its sandbox' : undefined;
}
