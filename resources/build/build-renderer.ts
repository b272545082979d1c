import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type InlineConfig } from 'vite';
import { assertBundleBudget } from './check-bundle.ts';
import { LICENCES_FILE, writeLicences } from './write-licences.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCES = [
  'LICENSE',
  'resources/build',
  'renderer',
  'shared',
  'main/preload',
  'vite.config.ts',
  'package-lock.json',
];

/** Folder of the built renderer. */
export const RENDERER_FOLDER = join(ROOT, 'dist/renderer');
/** Preload script: one CommonJS file, as a sandboxed window wants it. */
export const PRELOAD_FILE = join(ROOT, 'dist/preload/preload.cjs');

const PRELOAD_CONFIG: InlineConfig = {
  configFile: false,
  logLevel: 'warn',
  build: {
    outDir: join(ROOT, 'dist/preload'),
    emptyOutDir: true,
    target: 'chrome140',
    lib: {
      entry: join(ROOT, 'main/preload/preload.ts'),
      formats: ['cjs'],
      fileName: () => 'preload.cjs',
    },
    rolldownOptions: { external: ['electron/renderer'] },
  },
};

/**
 * Builds the renderer and the preload script into `dist`; does nothing where both are current.
 *
 * @throws Error where the renderer is larger than its budget.
 */
export async function buildRenderer(): Promise<void> {
  if (await isCurrent()) return;
  // A test run has a mode of its own, in which React would be built for development.
  const mode = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    const page = await build({ configFile: join(ROOT, 'vite.config.ts'), logLevel: 'warn' });
    const preload = await build(PRELOAD_CONFIG);
    writeLicences([page, preload].flatMap(findSources));
  } finally {
    if (mode === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = mode;
  }
  assertBundleBudget(RENDERER_FOLDER);
}

type Built = Awaited<ReturnType<typeof build>>;

/** Returns the files that a build took in. */
function findSources(built: Built): readonly string[] {
  if ('close' in built) return []; // a watcher, which is not asked for
  return [built]
    .flat()
    .flatMap(({ output }) => output)
    .flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
}

async function isCurrent(): Promise<boolean> {
  const outputs = [join(RENDERER_FOLDER, 'index.html'), PRELOAD_FILE, LICENCES_FILE];
  if (!outputs.every((path) => existsSync(path))) return false;
  const oldestOutputMs = Math.min(...outputs.map((path) => statSync(path).mtimeMs));
  const newestSourceMs = await Promise.all(SOURCES.map((path) => findNewestMs(join(ROOT, path))));
  return Math.max(...newestSourceMs) < oldestOutputMs;
}

/** Folders count too: their time tells of removed and renamed files. */
async function findNewestMs(path: string): Promise<number> {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  const entries = await readdir(path);
  const times = await Promise.all(entries.map((name) => findNewestMs(join(path, name))));
  return Math.max(stats.mtimeMs, ...times);
}

if (import.meta.main) await buildRenderer();
