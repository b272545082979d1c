import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Gives a test run a folder of its own for temporary files, and fails the run where a file, a
 * mount or a process of it is left at the end.
 */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'll-'));
  chmodSync(folder, 0o1777);
  process.env['TMPDIR'] = folder;
  return () => {
    const left = [...findMounts(folder), ...findProcesses(folder), ...findFiles(folder)];
    rmSync(folder, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`the tests left behind:\n  ${left.join('\n  ')}`);
  };
}

/** What Node and Chromium keep there for themselves. */
const NOT_OURS = /^(node-compile-cache|jiti|\.org\.chromium|org\.chromium|playwright)/;

function findFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !NOT_OURS.test(name))
    .map((name) => `file ${join(folder, name)}`);
}

function findMounts(folder: string): string[] {
  if (process.platform !== 'linux') return [];
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.split(' ')[4]?.startsWith(folder))
    .map((line) => `mount ${line}`);
}

function findProcesses(folder: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((id) => readProcess(id).includes(folder))
    .map((id) => `process ${id}: ${readProcess(id).slice(0, 200)}`);
}

/** Arguments, folder and environment of a process, or nothing where it is gone or not ours. */
function readProcess(id: string): string {
  try {
    const text = readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ');
    const environment = readFileSync(`/proc/${id}/environ`, 'utf8');
    return isWorker(id) ? '' : `${text} ${readlinkSync(`/proc/${id}/cwd`)} ${environment}`;
  } catch {
    return '';
  }
}

/** The runner's own processes end after this. */
function isWorker(id: string): boolean {
  const parent = /\) \S (\d+)/.exec(readFileSync(`/proc/${id}/stat`, 'utf8'))?.[1];
  return Number(parent) === process.pid;
}
