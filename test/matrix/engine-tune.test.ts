import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { callSession } from '../../main/session/control-client.ts';
import type { SessionDescription } from '../../main/session/session-description.ts';
import { ENGINE_MODES, type EngineChanges, PROVIDER_NAMES } from '../../shared/model/engine.ts';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline, type Lockline } from '../support/run-lockline.ts';
import { seededRandom } from '../support/seeded-random.ts';

const hasTools = requireTool('fusermount3', 'fuse3') && requireTool('fio', 'fio');
const TUNE_EVERY_MS = 50;
const FIO_SECONDS = 8;

type FioResult = Readonly<{
  jobs: readonly Readonly<{
    error: number;
    read: Readonly<{ io_bytes: number; clat_ns: Readonly<{ max: number }> }>;
    write: Readonly<{ io_bytes: number }>;
  }>[];
}>;

/** Writes and verifies one file, over and over, with requests of many sizes. */
function runFio(folder: string): Promise<Readonly<{ code: number | null; output: string }>> {
  const child = spawn('fio', [
    '--name=tune',
    `--directory=${folder}`,
    '--size=24m',
    '--rw=randrw',
    '--bsrange=4k-1m',
    '--direct=1',
    '--verify=crc32c',
    '--verify_state_save=0',
    '--verify_backlog=16',
    '--verify_fatal=1',
    '--time_based',
    `--runtime=${FIO_SECONDS}`,
    '--output-format=json',
  ]);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** The session's description as every process of the user sees it. */
function readSession(lockline: Lockline): SessionDescription {
  const folder = `${lockline.environment['XDG_RUNTIME_DIR']}/lockline/sessions`;
  const name = readdirSync(folder).find((file) => file.endsWith('.json')) ?? '';
  return JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as SessionDescription; // our own file
}

describe.skipIf(!hasTools)('lockline tune', () => {
  it('changes the engine under load without an error or a wrong byte', async () => {
    await using lockline = createLockline();
    const vault = lockline.folder.file('vault');
    const secret = ['--passphrase-file', lockline.passphraseFile('tune')];
    await lockline.json(['create', vault, '--size', '64M', ...CHEAP_KDF, ...secret]);
    const { mountPoint } = await lockline.json(['mount', vault, ...secret]);
    const session = readSession(lockline);
    // The control socket lies where this user's sessions do.
    process.env['XDG_RUNTIME_DIR'] = lockline.environment['XDG_RUNTIME_DIR'];
    const random = seededRandom(3);
    const anyMode = () => ENGINE_MODES[random.below(ENGINE_MODES.length)] ?? 'auto';
    let isOver = false;
    const load = runFio(String(mountPoint)).finally(() => {
      isOver = true;
    });
    let tuned = 0;
    while (!isOver) {
      const changes: EngineChanges = {
        read: anyMode(),
        write: anyMode(),
        ...(random.below(6) === 0
          ? { provider: PROVIDER_NAMES[random.below(PROVIDER_NAMES.length)] ?? null }
          : {}),
      };
      const engine = await callSession(session, { verb: 'tune', changes });
      expect(engine).toMatchObject({ read: changes.read, write: changes.write, notes: [] });
      tuned += 1;
      await sleep(TUNE_EVERY_MS);
    }
    const { code, output } = await load;
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
    const { jobs } = JSON.parse(output) as FioResult; // fio's documented form
    expect(jobs[0]?.error).toBe(0);
    expect(jobs[0]?.read.io_bytes).toBeGreaterThan(0);
    expect(tuned).toBeGreaterThan(5);
    console.log(
      `${tuned} changes; longest read ${((jobs[0]?.read.clat_ns.max ?? 0) / 1e6).toFixed(1)} ms`,
    );

    // What is in force is told to everybody, and remembered for the next mount.
    const before = await lockline.json([
      'tune',
      vault,
      '--read-engine',
      'threaded',
      '--threads',
      '2',
    ]);
    expect(before['engine']).toMatchObject({ read: 'threaded', threads: 2, notes: [] });
    expect(readSession(lockline).engine).toEqual(before['engine']);
    const status = await callSession(session, { verb: 'status' });
    expect(status.engineEvents).toMatchObject({ helpersDied: 0, helpersStuck: 0 });
    await lockline.json(['tune', vault, '--write-engine', 'inline', '--provider', 'ecb-wasm']);
    await lockline.json(['unmount', vault]);
    const again = await lockline.json(['mount', vault, ...secret]);
    expect(again['engine']).toMatchObject({
      read: 'threaded',
      write: 'inline',
      provider: 'ecb-wasm',
      threads: 2,
    });
    const { stdout } = await lockline.run(['tune', vault, '--read-engine', 'inline']);
    expect(stdout).toBe('Reads inline, writes inline, ecb-wasm, 0 crypto workers\n');
  });

  it('refuses what is no engine, and vaults that are not mounted', async () => {
    await using lockline = createLockline();
    const vault = lockline.folder.file('vault');
    const secret = ['--passphrase-file', lockline.passphraseFile('tune')];
    await lockline.json(['create', vault, '--size', '32M', ...CHEAP_KDF, ...secret]);
    for (const args of [
      ['--read-engine', 'fast'],
      ['--provider', 'rot13'],
      ['--threads', '0'],
      ['--threads', '17'],
      ['--threads', 'two'],
    ]) {
      const { code, stderr } = await lockline.run(['tune', vault, ...args]);
      expect(stderr).toContain('payload-invalid');
      expect(code).not.toBe(0);
    }
    const { stderr } = await lockline.run(['tune', vault, '--threads', '1']);
    expect(stderr).toContain('not-mounted');
  });
});
