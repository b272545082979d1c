import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder above `main/app`: the project's root, or `dist` where this file is a built one. */
const ABOVE_MAIN = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const DIST = basename(ABOVE_MAIN) === 'dist' ? ABOVE_MAIN : join(ABOVE_MAIN, 'dist');

/** Folder of the built renderer. */
export const RENDERER_FOLDER = join(DIST, 'renderer');
/** The built preload script. */
export const PRELOAD_FILE = join(DIST, 'preload/preload.cjs');
/** Icons in the sizes that the desktop wants. */
export const ICON_FOLDER = join(dirname(DIST), 'resources/icons');
