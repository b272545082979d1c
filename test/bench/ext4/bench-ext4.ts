/**
 * `npm run bench:ext4`: our ext4 over FUSE against Debian's `fuse2fs` on the same blocks, and the
 * kernel's ext4 on a loop device as the limit, round by round on tmpfs. Needs root, for loop devices
 * and to make the kernel forget what it has cached.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { e2fsck } from '../../support/ext4-image.ts';
import { makeImage, type Peer, serve } from './ext4-peers.ts';

const LOAD = fileURLToPath(new URL('./ext4-load.py', import.meta.url));
const PEERS: readonly Peer[] = ['lockline', 'fuse2fs', 'kernel'];
const ROUNDS = 3;
const SEQUENTIAL_MIB = 512;
const FILES = 50_000;
const DIRECTORY_SIZES = ['100', '1000', '10000', '100000'];
const EXTRACTIONS = 4;
const run = promisify(execFile);

type Took = Readonly<Record<string, number>>;

async function onFresh<T>(
  peer: Peer,
  use: (path: string, pid: number | undefined) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync('/dev/shm/lockline-bench-');
  try {
    const image = join(folder, 'image');
    makeImage(image);
    const served = await serve(peer, image);
    const result = await use(served.path, served.pid);
    await served.unmount();
    const found = e2fsck(image);
    if (peer === 'lockline' && found.status !== 0) throw new Error(found.complaints);
    return result;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function load(peer: Peer, ...args: string[]): Promise<string> {
  const [kind = '', ...numbers] = args;
  return onFresh(peer, async (path) => {
    const { stdout } = await run('python3', [LOAD, kind, path, ...numbers]);
    return stdout;
  });
}

/** Measures each peer in each round; prints medians, and medians of the rounds' ratios. */
async function compare(unit: string, scale: number, ...args: string[]): Promise<void> {
  const rounds: Record<Peer, Took>[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const took: Partial<Record<Peer, Took>> = {};
    for (const peer of PEERS) took[peer] = JSON.parse(await load(peer, ...args)) as Took;
    rounds.push(took as Record<Peer, Took>); // each was measured just now
  }
  for (const step of Object.keys(rounds[0]?.lockline ?? {})) {
    const rates = PEERS.map((peer) => median(rounds.map((round) => scale / at(round[peer], step))));
    const ratio = (other: Peer): string =>
      median(rounds.map((round) => at(round[other], step) / at(round.lockline, step))).toFixed(2);
    const [ours = 0, theirs = 0, kernel = 0] = rates;
    console.log(
      `${args[0]} ${step}: ${ours.toFixed(0)} ${unit}; fuse2fs ${theirs.toFixed(0)} (${ratio('fuse2fs')} x); kernel ${kernel.toFixed(0)} (${ratio('kernel')} x)`,
    );
  }
}

function at(took: Took, step: string): number {
  return took[step] ?? Number.NaN;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function measureDirectory(): Promise<void> {
  for (const peer of ['lockline', 'kernel'] as const) {
    const sizes = JSON.parse(await load(peer, 'directory', ...DIRECTORY_SIZES)) as Record<
      string,
      Took
    >;
    for (const [size, took] of Object.entries(sizes)) {
      const costs = Object.entries(took).map(([step, us]) => `${step} ${us.toFixed(1)} us`);
      console.log(`${peer}, directory of ${size} entries: ${costs.join(', ')}`);
    }
    const [smallest = {}, ...larger] = Object.values(sizes);
    const ratios = Object.entries(smallest).map(([step, us]) => {
      const most = Math.max(...larger.map((took) => at(took, step)));
      return `${step} ${(most / us).toFixed(2)} x`;
    });
    console.log(`${peer}, dearest against ${DIRECTORY_SIZES[0]} entries: ${ratios.join(', ')}`);
  }
}

/** Extracts and removes a tree of many files again and again; prints the serving process's memory. */
async function measureMemory(): Promise<void> {
  await onFresh('lockline', async (path, pid) => {
    const source = mkdtempSync('/dev/shm/lockline-tree-');
    const tar = `${source}.tar`;
    const script = `import os
for i in range(${FILES}):
    os.makedirs('${source}/%d' % (i // 500), exist_ok=True)
    open('${source}/%d/%d' % (i // 500, i), 'wb').write(b'x' * (i % 4000))`;
    execFileSync('python3', ['-c', script]);
    execFileSync('tar', ['-C', source, '-cf', tar, '.']);
    rmSync(source, { recursive: true });
    const seen: string[] = [];
    for (let turn = 0; turn < EXTRACTIONS; turn += 1) {
      await run('sh', [
        '-c',
        `mkdir ${path}/t && tar -C ${path}/t -xf ${tar} && rm -r ${path}/t && sync -f ${path}`,
      ]);
      seen.push(`${residentMib(pid).toFixed(0)} MiB`);
    }
    rmSync(tar);
    console.log(`memory after each extraction and removal of ${FILES} files: ${seen.join(', ')}`);
  });
}

function residentMib(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

const wanted = process.argv.slice(2);
const parts: readonly (readonly [string, () => Promise<void>])[] = [
  ['sequential', () => compare('MiB/s', SEQUENTIAL_MIB, 'sequential', String(SEQUENTIAL_MIB))],
  ['files', () => compare('files/s', FILES, 'files', String(FILES))],
  ['directory', measureDirectory],
  ['memory', measureMemory],
];
for (const [name, measure] of parts) {
  if (wanted.length === 0 || wanted.includes(name)) await measure();
}
