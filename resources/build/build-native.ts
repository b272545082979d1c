/**
 * Builds the native provider next to its source, where it is missing or older. It is optional: with
 * no compiler, no headers or an unknown processor this says so in one line and ends well.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SOURCE = join(ROOT, 'main/native');
const BUILD = join(SOURCE, 'build');
/** The addon. Node-API is stable: one file serves Node and Electron. */
export const NATIVE_ADDON = 'main/native/build/lockline-native.node';

const COMPILER = process.env['CC'] ?? 'cc';
const COMMON_FLAGS = [
  '-std=c11',
  '-D_GNU_SOURCE',
  '-O3',
  '-fPIC',
  '-fvisibility=hidden',
  '-fstack-protector-strong',
  '-Wall',
  '-Wextra',
];
const COMMON_SOURCES = { 'node-api.c': [], 'fused-transfer.c': [], 'secret-page.c': [] };
const VAES_FLAGS = ['-maes', '-mpclmul', '-mvaes', '-mvpclmulqdq'];

/**
 * Source files and their own flags by processor. Only code that is called after a look at the
 * processor is compiled for more than its baseline.
 */
const SOURCES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  x64: {
    ...COMMON_SOURCES,
    'x86-features.c': ['-maes'],
    'x86-key-schedule.c': ['-maes'],
    'aes-ni.c': ['-maes', '-mpclmul'],
    'vaes-256.c': ['-mavx2', ...VAES_FLAGS],
    'vaes-512.c': ['-mavx512f', '-mavx512bw', ...VAES_FLAGS],
  },
  arm64: { ...COMMON_SOURCES, 'armv8.c': ['-march=armv8-a+crypto'] },
};
const LINK_FLAGS: Readonly<Record<string, readonly string[]>> = {
  linux: ['-shared', '-Wl,-z,relro,-z,now'],
  darwin: ['-bundle', '-undefined', 'dynamic_lookup'],
};

function findHeaders(): string | undefined {
  const folders = [
    join(ROOT, 'node_modules/node-api-headers/include'),
    join(process.execPath, '../../include/node'),
    '/usr/include/node',
  ];
  return folders.find((folder) => existsSync(join(folder, 'node_api.h')));
}

function isUpToDate(): boolean {
  const addon = join(ROOT, NATIVE_ADDON);
  if (!existsSync(addon)) return false;
  const inputs = readdirSync(SOURCE).filter((name) => /\.[ch]$/.test(name));
  const newestMs = Math.max(
    statSync(fileURLToPath(import.meta.url)).mtimeMs,
    ...inputs.map((name) => statSync(join(SOURCE, name)).mtimeMs),
  );
  return statSync(addon).mtimeMs >= newestMs;
}

/** Returns why it failed, or `undefined`. */
function run(args: readonly string[]): string | undefined {
  const { error, status, stderr } = spawnSync(COMPILER, args, { cwd: SOURCE, encoding: 'utf8' });
  if (error) return `no C compiler (${COMPILER})`;
  return status === 0 ? undefined : (stderr.trim().split('\n')[0] ?? 'the compiler failed');
}

function compile(): string | undefined {
  const sources = SOURCES[process.arch];
  const linkFlags = LINK_FLAGS[process.platform];
  if (sources === undefined || linkFlags === undefined)
    return `not made for ${process.platform} on ${process.arch}`;
  const headers = findHeaders();
  if (headers === undefined) return 'no Node-API headers (node_api.h)';
  const folder = join(BUILD, `work-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    const objects: string[] = [];
    for (const [source, flags] of Object.entries(sources)) {
      const object = join(folder, `${source}.o`);
      const own = [...COMMON_FLAGS, ...flags, `-I${headers}`, '-c', source, '-o', object];
      const problem = run(own);
      if (problem !== undefined) return problem;
      objects.push(object);
    }
    const linked = join(folder, 'linked.node');
    const problem = run([...linkFlags, ...objects, '-o', linked]);
    if (problem === undefined) renameSync(linked, join(ROOT, NATIVE_ADDON));
    return problem;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (!isUpToDate()) {
  const problem = compile();
  if (problem !== undefined) {
    rmSync(join(ROOT, NATIVE_ADDON), { force: true });
    console.log(`The native provider is not built: ${problem}; others take its place`);
  }
}
