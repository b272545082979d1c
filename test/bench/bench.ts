/**
 * `npm run bench`: throughput of each layer on tmpfs, from the cipher provider up to the FUSE
 * mount, and how long the command line takes to create and to mount. `--json` prints one document;
 * `--provider NAME` takes that provider for the layers below the mount.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline } from '../support/run-lockline.ts';
import { measureMount } from './fuse-figures.ts';
import { buildLayers } from './layers.ts';
import { type Figure, measureInTurn } from './measure.ts';

const ROUNDS = 9;
const ROUND_MS = 150;
const FIO_ROUNDS = 3;
const COMMAND_ROUNDS = 5;

type Report = Readonly<{
  machine: string;
  provider: string;
  figures: readonly Figure[];
  /** Crypt device at 1 MiB requests, relative to the provider alone in the same rounds. */
  cryptDeviceShare: Readonly<{ read: number; write: number }>;
  /** Median wall time of the whole command with a forced cheap KDF, milliseconds. */
  commandMs: Readonly<{ create: number; mount: number; unmount: number }>;
}>;

const { values: options } = parseArgs({
  options: { json: { type: 'boolean' }, provider: { type: 'string' } },
});
const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

function shareOf(figures: readonly Figure[], direction: 'read' | 'write'): number {
  const rate = (layer: string) =>
    figures.find(
      (f) => f.layer === layer && f.pattern.startsWith('seq') && f.direction === direction,
    )?.mibPerSecond ?? 0;
  return rate('crypt device') / rate('provider');
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function measureCommands(): Promise<{ commandMs: Report['commandMs']; figures: Figure[] }> {
  const folder = mkdtempSync(`${base}/lockline-bench-`);
  const vaultFolder = {
    path: folder,
    file: (name: string) => `${folder}/${name}`,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
  await using lockline = createLockline(vaultFolder);
  const passphrase = ['--passphrase-file', lockline.passphraseFile('bench')];
  const times = { create: [] as number[], mount: [] as number[], unmount: [] as number[] };
  let figures: Figure[] = [];
  for (let round = 0; round < COMMAND_ROUNDS; round += 1) {
    const file = `${folder}/vault-${round}`;
    const create = ['create', file, '--size', '512M', '--fs', 'fat32', ...CHEAP_KDF, ...passphrase];
    times.create.push(await timed(() => lockline.json(create)));
    let mountPoint = '';
    times.mount.push(
      await timed(async () => {
        mountPoint = String((await lockline.json(['mount', file, ...passphrase]))['mountPoint']);
      }),
    );
    if (round === 0 && requireTool('fio', 'fio')) figures = measureMount(mountPoint, FIO_ROUNDS);
    times.unmount.push(await timed(() => lockline.json(['unmount', file])));
    rmSync(file);
  }
  const commandMs = {
    create: median(times.create),
    mount: median(times.mount),
    unmount: median(times.unmount),
  };
  return { commandMs, figures };
}

function print(report: Report): void {
  const row = (cells: readonly string[]) =>
    cells.map((cell, i) => (i < 3 ? cell.padEnd(17) : cell.padStart(11))).join(' ');
  console.log(
    `${report.machine}, provider ${report.provider}, inline engine, tmpfs, 4096-byte sectors\n`,
  );
  console.log(row(['layer', 'pattern', 'direction', 'MiB/s', 'IOPS', 'p5', 'p95']));
  for (const f of report.figures) {
    const numbers = [f.mibPerSecond, f.operationsPerSecond, f.p5, f.p95].map((n) => n.toFixed(0));
    console.log(row([f.layer, f.pattern, f.direction, ...numbers]));
  }
  const { cryptDeviceShare: share, commandMs } = report;
  console.log(
    `\ncrypt device / provider at 1 MiB: read ${share.read.toFixed(2)}, write ${share.write.toFixed(2)}`,
  );
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  console.log(
    `whole commands, cheap KDF: create ${seconds(commandMs.create)}, mount ${seconds(commandMs.mount)}, unmount ${seconds(commandMs.unmount)}`,
  );
}

const folder = mkdtempSync(`${base}/lockline-layers-`);
try {
  const { provider, subjects } = buildLayers(folder, options.provider);
  const layers = measureInTurn(subjects, ROUNDS, ROUND_MS);
  const { commandMs, figures } = await measureCommands();
  const report: Report = {
    machine: `${cpus()[0]?.model ?? 'unknown'} x ${cpus().length}, Node ${process.versions.node}`,
    provider,
    figures: [...layers, ...figures],
    cryptDeviceShare: { read: shareOf(layers, 'read'), write: shareOf(layers, 'write') },
    commandMs,
  };
  if (options.json === true) console.log(JSON.stringify(report, null, 2));
  else print(report);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
