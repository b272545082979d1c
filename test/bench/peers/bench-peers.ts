/**
 * `npm run bench:peers`: Lockline beside others that encrypt, on tmpfs, under the same fio jobs, in
 * paired rounds: each job runs on every peer before the next round begins, and ratios are taken
 * round by round. `--json` prints one document; `--rounds N` and `--seconds N` change how long it
 * takes; `--only nbd|fuse` measures one kind, `--jobs TEXT` those whose title has it. As root it
 * comes before what else the machine does.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { livingSessions } from '../../../main/services/open-sessions.ts';
import { requireTool } from '../../support/require-tool.ts';
import { createLockline, type Lockline } from '../../support/run-lockline.ts';
import { processesOf, setPrecedence } from '../outweigh.ts';
import { type FioJob, type FioOutcome, runFio } from './fio-job.ts';
import {
  gocryptfs,
  locklineFuse,
  locklineNbd,
  luksdemount,
  nbdkitLuks,
  nbdkitPlain,
  type Peer,
  qemuNbd,
  securefs,
} from './peer.ts';

const PACKAGES = [
  'cryptsetup-bin',
  'fio',
  'fuse3',
  'gocryptfs',
  'libluksde-utils',
  'libnbd-bin',
  'nbdkit',
  'qemu-utils',
  'securefs',
];

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string' },
    jobs: { type: 'string', default: '' },
  },
});

type Kind = Readonly<{ ours: string; peers: readonly Peer[]; jobs: readonly FioJob[] }>;
type Row = Readonly<{
  job: string;
  peer: string;
  median: FioOutcome;
  /** Ours by this peer's, round by round: median, lowest, highest. By IOPS. */
  ratio: Readonly<{ median: number; lowest: number; highest: number }>;
}>;

const rounds = Number(options.rounds);
const common = { isDirect: true, sizeMib: 512, seconds: Number(options.seconds) };
const NBD_JOBS: readonly FioJob[] = [
  { ...common, rw: 'read', blockSize: '1M', depth: 4 },
  { ...common, rw: 'write', blockSize: '1M', depth: 4 },
  { ...common, rw: 'randread', blockSize: '4k', depth: 1 },
  { ...common, rw: 'randread', blockSize: '4k', depth: 32 },
];
const FUSE_JOBS: readonly FioJob[] = [
  { ...common, rw: 'write', blockSize: '1M', depth: 1 },
  { ...common, rw: 'read', blockSize: '1M', depth: 1 },
  { ...common, rw: 'write', blockSize: '1M', depth: 1, isDirect: false },
  { ...common, rw: 'read', blockSize: '1M', depth: 1, isDirect: false },
  { ...common, rw: 'randread', blockSize: '4k', depth: 1 },
  { ...common, rw: 'randwrite', blockSize: '4k', depth: 1 },
];

function install(): void {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]) =>
    spawnSync('apt-get', ['-qq', '-y', ...args], { env: environment, stdio: 'ignore' });
  if (apt('install', '--no-install-recommends', ...PACKAGES).status !== 0) {
    apt('update');
    apt('install', '--no-install-recommends', ...PACKAGES);
  }
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

function medianOutcome(outcomes: readonly FioOutcome[]): FioOutcome {
  const of = (name: keyof FioOutcome) => median(outcomes.map((outcome) => outcome[name]));
  return {
    mibPerSecond: of('mibPerSecond'),
    iops: of('iops'),
    p50Us: of('p50Us'),
    p99Us: of('p99Us'),
  };
}

const titleOf = (job: FioJob) =>
  `${job.rw} ${job.blockSize} depth ${job.depth}${job.isDirect ? '' : ' buffered'}`;

function measureJob(job: FioJob, { ours, peers: all }: Kind): Row[] {
  const peers = all.filter(({ isReadOnly }) => isReadOnly !== true || job.rw.endsWith('read'));
  const outcomes = new Map(peers.map(({ name }) => [name, [] as FioOutcome[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, target } of peers) outcomes.get(name)?.push(runFio(job, target));
  }
  const own = outcomes.get(ours) ?? [];
  const title = titleOf(job);
  return peers.map(({ name }) => {
    const theirs = outcomes.get(name) ?? [];
    const ratios = own.map(({ iops }, round) => iops / (theirs[round]?.iops ?? Number.NaN));
    return {
      job: title,
      peer: name,
      median: medianOutcome(theirs),
      ratio: { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) },
    };
  });
}

async function measureKind(kind: Kind): Promise<Row[]> {
  try {
    const vaults = livingSessions().map(({ processId }) => processId);
    for (const id of [process.pid, ...vaults, ...processesOf(path)]) setPrecedence(id, 'real time');
    const wanted = kind.jobs.filter((job) => titleOf(job).includes(options.jobs));
    return wanted.flatMap((job) => measureJob(job, kind));
  } finally {
    for (const peer of kind.peers) await peer.stop();
  }
}

/** Starts those whose program is there; a missing one is named and left out. */
async function startPeers(
  lockline: Lockline,
  starts: readonly (readonly [
    program: string,
    start: (l: Lockline) => Promise<Peer | undefined>,
  ])[],
): Promise<readonly Peer[]> {
  const peers: Peer[] = [];
  try {
    for (const [program, start] of starts) {
      const isThere = program === 'lockline' || requireTool(program, program);
      const peer = isThere ? await start(lockline) : undefined;
      if (peer !== undefined) peers.push(peer);
    }
    return peers;
  } catch (error) {
    for (const peer of peers) await peer.stop();
    throw error;
  }
}

function print(rows: readonly Row[]): void {
  const cells = (values: readonly string[]) =>
    values.map((value, i) => (i < 2 ? value.padEnd(26) : value.padStart(10))).join(' ');
  console.log(`${cpus()[0]?.model} x ${cpus().length}, tmpfs, ${rounds} paired rounds\n`);
  console.log(
    cells(['job', 'peer', 'MiB/s', 'IOPS', 'p50 us', 'p99 us', 'ours / it', 'lowest', 'highest']),
  );
  for (const { job, peer, median: m, ratio } of rows) {
    const numbers = [m.mibPerSecond, m.iops, m.p50Us, m.p99Us].map((n) => n.toFixed(0));
    const ratios = [ratio.median, ratio.lowest, ratio.highest].map((n) => n.toFixed(2));
    console.log(cells([job, peer, ...numbers, ...ratios]));
  }
}

install();
const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const path = mkdtempSync(`${base}/lockline-peers-`);
const folder = {
  path,
  file: (name: string) => `${path}/${name}`,
  [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
};
await using lockline = createLockline(folder);
process.env['XDG_RUNTIME_DIR'] = lockline.environment['XDG_RUNTIME_DIR'];
const rows: Row[] = [];
if (options.only !== 'fuse') {
  const peers = await startPeers(lockline, [
    ['lockline', locklineNbd],
    ['qemu-nbd', qemuNbd],
    ['nbdkit', nbdkitLuks],
    ['nbdkit', nbdkitPlain],
  ]);
  rows.push(...(await measureKind({ ours: 'lockline nbd', peers, jobs: NBD_JOBS })));
}
if (options.only !== 'nbd') {
  const peers = await startPeers(lockline, [
    ['lockline', locklineFuse],
    ['gocryptfs', gocryptfs],
    ['securefs', securefs],
    ['luksdemount', luksdemount],
  ]);
  rows.push(...(await measureKind({ ours: 'lockline', peers, jobs: FUSE_JOBS })));
}
if (options.json === true) console.log(JSON.stringify(rows, null, 2));
else print(rows);
