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

type Unit = Readonly<{ source: string; flags: readonly string[] }>;

const COMMON_UNITS: readonly Unit[] = [
  { source: 'node-api.c', flags: [] },
  { source: 'fused-transfer.c', flags: [] },
  { source: 'secret-page.c', flags: [] },
];
const AES_NI_FLAGS = ['-maes', '-mpclmul'];
const VAES_FLAGS = [...AES_NI_FLAGS, '-mvaes', '-mvpclmulqdq'];

/**
 * What is compiled for each processor. Only code that is called after a look at the processor is
 * compiled for more than its baseline.
 */
const UNITS: Readonly<Record<string, readonly Unit[]>> = {
  x64: [
    ...COMMON_UNITS,
    { source: 'x86-features.c', flags: ['-maes'] },
    { source: 'x86-key-schedule.c', flags: ['-maes'] },
    { source: 'aes-ni.c', flags: AES_NI_FLAGS },
    { source: 'aes-ni.c', flags: [...AES_NI_FLAGS, '-mavx'] },
    { source: 'vaes-256.c', flags: ['-mavx2', ...VAES_FLAGS] },
    { source: 'vaes-512.c', flags: ['-mavx512f', '-mavx512bw', ...VAES_FLAGS] },
  ],
  arm64: [...COMMON_UNITS, { source: 'armv8.c', flags: ['-march=armv8-a+crypto'] }],
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
  const units = UNITS[process.arch];
  const linkFlags = LINK_FLAGS[process.platform];
  if (units === undefined || linkFlags === undefined)
    return `not made for ${process.platform} on ${process.arch}`;
  const headers = findHeaders();
  if (headers === undefined) return 'no Node-API headers (node_api.h)';
  const folder = join(BUILD, `work-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    const objects: string[] = [];
    for (const [index, { source, flags }] of units.entries()) {
      const object = join(folder, `${index}.o`);
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
