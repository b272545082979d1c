/**
 * `npm run bench:growth`: does a vault's size cost anything? The same fio jobs on vaults from
 * 64 MiB to 1 TiB (sparse, on tmpfs) in paired rounds, as time per byte relative to the smallest,
 * and the memory of each vault process. Measures the built program (`npm run build`), which is what
 * people run: from sources, Node's type stripping takes 30 MiB more.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { BUILT_ENTRY, CHEAP_KDF, createLockline } from '../support/run-lockline.ts';
import { setPrecedence } from './outweigh.ts';
import { type FioJob, runFio } from './peers/fio-job.ts';

const SIZES = ['96M', '1G', '32G', '1T'] as const;
const ROUNDS = 5;
const common = { depth: 1, isDirect: true, sizeMib: 48, seconds: 1 };
const JOBS: readonly FioJob[] = [
  { ...common, rw: 'write', blockSize: '1M' },
  { ...common, rw: 'read', blockSize: '1M' },
  { ...common, rw: 'randread', blockSize: '4k' },
];

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Resident memory of a process, MiB. */
function residentMib(processId: number): number {
  const status = readFileSync(`/proc/${processId}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const path = mkdtempSync(`${base}/lockline-growth-`);
const folder = {
  path,
  file: (name: string) => `${path}/${name}`,
  [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
};
await using lockline = createLockline(folder, BUILT_ENTRY);
const secret = ['--passphrase-file', lockline.passphraseFile('growth')];
const vaults: { size: string; file: string; processId: number; unlockedMib: number }[] = [];
for (const size of SIZES) {
  const vault = folder.file(`vault-${size}`);
  await lockline.json(['create', vault, '--size', size, '--fs', 'fat32', ...CHEAP_KDF, ...secret]);
  const mounted = await lockline.json(['mount', vault, ...secret]);
  const processId = Number(mounted['processId']);
  const unlockedMib = residentMib(processId);
  vaults.push({ size, file: `${String(mounted['mountPoint'])}/file`, processId, unlockedMib });
}
for (const id of [process.pid, ...vaults.map(({ processId }) => processId)])
  setPrecedence(id, 'real time');
for (const job of JOBS) {
  const rates = vaults.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    vaults.forEach(({ file }, index) => {
      rates[index]?.push(runFio(job, { file }).mibPerSecond);
    });
  }
  const cells = vaults.map(({ size }, index) => {
    const ratios = (rates[index] ?? []).map((rate, round) => (rates[0]?.[round] ?? rate) / rate);
    return `${size} x ${median(ratios).toFixed(2)}`;
  });
  console.log(`time per byte, ${job.rw} ${job.blockSize}: ${cells.join(', ')}`);
}
const memory = vaults.map(
  ({ size, processId, unlockedMib }) =>
    `${size} ${unlockedMib.toFixed(0)} MiB, after the jobs ${residentMib(processId).toFixed(0)}`,
);
console.log(`memory of the vault process, unlocked: ${memory.join('; ')}`);
