import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIB } from '../../shared/units.ts';
import { readTree } from '../support/fat-fixture.ts';
import type { StepOutcome } from '../support/guest/boot-guest.ts';
import { hasGuestTools } from '../support/guest/guest-tools.ts';
import { extractFile, GUEST_PASSPHRASE } from '../support/guest/guest-vaults.ts';
import { HOSTILE_CASES, hostileOutcome } from '../support/guest/hostile-steps.ts';
import { TOOL_KILLS } from '../support/guest/killed-steps.ts';
import { type ProofRun, runProof } from '../support/guest/lockline-guest.ts';
import { decryptIndependently, readIndependentVolume } from '../support/independent-volume.ts';
import { withFat, withVault } from '../support/open-vault.ts';

/** Takes four minutes; much longer where an emulated machine gets little of a busy one. */
const GUEST_LIMIT_MS = 960_000;
const EXIT_STATUS: Readonly<Record<string, number>> = {
  'argument-invalid': 2,
  'key-missing': 3,
  'key-wrong': 3,
  'container-refused': 4,
  'sector-differs': 4,
  'filesystem-unsupported': 5,
  'flags-refused': 5,
  'path-refused': 7,
  'permission-denied': 7,
  'not-a-file': 7,
  'file-missing': 7,
  'mountpoint-invalid': 7,
  'caller-unknown': 8,
  'not-privileged': 8,
};
const STATE_EXIT = 6;

describe.skipIf(!hasGuestTools())('dm-crypt in a real kernel', () => {
  let proof: ProofRun;

  beforeAll(async () => {
    proof = await runProof();
  }, GUEST_LIMIT_MS);
  afterAll(() => proof?.[Symbol.dispose]());

  function step(name: string): StepOutcome {
    const outcome = proof.run.outcomes.get(name);
    if (outcome === undefined)
      throw new Error(`no ${name} in:\n${proof.run.transcript.slice(-3000)}`);
    return outcome;
  }
  /** The output of a step that went through. */
  function output(name: string): string {
    const { status, output: text } = step(name);
    expect(text).not.toContain('FAILED');
    expect(status, text).toBe(0);
    return text;
  }

  it('open puts each set of flags into force, and says what the table says', () => {
    const parts = output('open-flags')
      .split(/^@@flags /m)
      .slice(1);
    expect(parts.length).toBe(7);
    for (const part of parts) {
      const [asked = '', answer, table = ''] = part.trim().split('\n');
      expect(answer).toBe(asked);
      const optional = table.split(' ').slice(9);
      expect(optional).toEqual([...asked.split(','), 'sector_size:4096']);
      expect(table).toMatch(
        /^0 98304 crypt aes-xts-plain64 :64:logon:cryptsetup:\S+ 0 7:\d+ 32768 /,
      );
    }
  });

  it('open names a flag that this kernel does not know, and opens without it', () => {
    const text = output('open-status');
    expect(text).toContain('flags=no_read_workqueue\n');
    expect(text).toContain('void-flags=high_priority\n');
    expect(text).toContain('key-location=keyring');
    expect(text).toContain('direct-io=1');
  });

  it('open keeps the container locked as our engine does, and the key where nobody can read it', () => {
    const lines = output('open-status').split('\n');
    const table = lines.findIndex((line) => line.startsWith('0 98304 crypt'));
    expect(lines[table - 1]).toBe('1'); // locks of open file descriptions
    expect(lines[table]).not.toMatch(/[0-9a-f]{64}/);
    expect(lines.slice(table + 1)).toEqual(['1', proof.vaults['a']?.name, '1000', 'gone']);
  });

  it('the kernel decrypts every byte as our engine does, from a file and from a disk', () => {
    const text = output('compare');
    expect(text).toContain(`size-bytes=${64 * MIB}`);
    const hashes = [...text.matchAll(/^([0-9a-f]{64}) {2}-$/gm)].map(([, hash]) => hash);
    expect(hashes).toEqual([proof.vaults['a']?.hash, proof.vaults['d']?.hash]);
  });

  it('the kernel reads the FAT32 that Lockline wrote', () => {
    const text = output('mount-fat');
    const hash = createHash('sha256').update(proof.big).digest('hex');
    expect(text).toContain(`${hash}  big`);
    expect(text).toContain('from Lockline');
    expect(text).toContain('on a disk');
    expect(text).toMatch(/ \/home\/alice\/mnt vfat rw,nosuid,nodev,.*uid=1000,gid=1000,fmask=0077/);
    expect(text).toMatch(/ \/run\/media\/alice\/mnt vfat ro,nosuid,nodev,/);
    expect(text).toContain("can't open '/home/alice/mnt': Permission denied");
  });

  it('unmount and close refuse while files are in use, and change nothing', () => {
    const text = output('mount-fat');
    expect(text.match(/^error unmount-busy /gm)).toHaveLength(2);
    expect(text.match(/^\/home\/alice\/mnt$/gm)).toHaveLength(1);
  });

  it('Lockline reads what the kernel wrote into its FAT32, and fsck.fat finds it clean', async () => {
    const vault = proof.folder.file('a.luks');
    extractFile(proof.homeDisk, '/alice/a.luks', vault);
    const tree = await withVault(vault, GUEST_PASSPHRASE, (open) => withFat(open, readTree));
    expect(tree.get('from kernel.txt')?.toString()).toBe('from-the-kernel\n');
    expect(tree.get('copy')?.equals(proof.big)).toBe(true);
    expect(tree.get('folder/Grüße.txt')?.toString()).toBe('from Lockline\n');
    const disk = proof.vaults['d']?.path ?? '';
    const onDisk = await withVault(disk, GUEST_PASSPHRASE, (open) => withFat(open, readTree));
    expect(onDisk.get('written')?.toString()).toBe('written\n');
    for (const path of [vault, disk]) {
      const plain = proof.folder.file('plain.img');
      const volume = await readIndependentVolume(path, GUEST_PASSPHRASE);
      writeFileSync(plain, decryptIndependently(path, volume));
      execFileSync('fsck.fat', ['-n', plain]);
    }
  });

  it('an ext4 of the guest works, without set-user-ID, and read-only where that is asked for', () => {
    const text = output('mount-ext4');
    expect(text).toMatch(/ \/home\/alice\/mnt ext4 rw,nosuid,nodev,/);
    expect(text).toContain('on-ext4');
    expect(text).toContain("can't create mnt/no: Read-only file system");
  });

  it('refresh changes flags and implementation under load, without a key', () => {
    const lines = output('refresh').split('\n');
    expect(lines).toContain(
      'flags=no_read_workqueue,no_write_workqueue void-flags= 3 no_read_workqueue no_write_workqueue sector_size:4096',
    );
    expect(lines).toContain(
      'flags=no_write_workqueue void-flags=high_priority 2 no_write_workqueue sector_size:4096',
    );
    expect(lines).toContain('flags= void-flags= 1 sector_size:4096');
    expect(lines).toContain('capi:xts(ecb(aes-generic))-plain64');
    expect(lines).toContain('aes-xts-plain64');
    expect(lines).toContain('passes');
    expect(lines).toContain('SAME');
    expect(lines.join()).not.toContain('DIFFERENT');
  });

  it.each([
    ['a LUKS1 container, whose table has the key', 'luks1', 'key-location=table', '512'],
    ['a detached header', 'detached', 'key-location=keyring', '512'],
  ])('opens %s, and changes its flags', (_what, where, location, sectorBytes) => {
    const text = output('others').split('@@')[where === 'luks1' ? 1 : 2] ?? '';
    expect(text).toContain(where);
    expect(text).toContain(location);
    expect(text).toContain(`sector-bytes=${sectorBytes}`);
    expect(text).toContain(proof.vaults[where === 'luks1' ? 'l' : 'h']?.hash);
    expect(text).toContain('flags=same_cpu_crypt');
  });

  it('mounts an ext4 that Lockline made', () => {
    const text = output('others').split('@@')[3] ?? '';
    expect(text).toContain('filesystem=ext4');
    expect(text).toContain('written by alice');
  });

  it('flags that Lockline wrote into the header are honoured by cryptsetup itself', () => {
    const text = output('persistent');
    expect(text).toMatch(/^0 .* 3 no_read_workqueue no_write_workqueue sector_size:4096$/m);
    expect(text).toContain('\nno_read_workqueue,no_write_workqueue\n');
    expect(text).toMatch(/Flags:\s+no-read-workqueue no-write-workqueue/);
  });

  it('resize follows the container when it grows, and refuses when it shrinks', () => {
    const lines = output('resize').split('\n');
    const [before, after] = [25_165_824, 33_554_432];
    expect(lines.slice(0, 3)).toEqual([before, after, after].map(String));
    expect(lines.join('\n')).toContain('error resize-refused');
    expect(lines.slice(-2)).toEqual([String(after), String(after)]);
  });

  it.each([
    ['flags', 'flags-refused'],
    ['key', 'key-wrong'],
    ['mount', 'filesystem-unsupported'],
    ['answer', 'internal'],
  ])('open that fails at the %s leaves nothing behind', (where, code) => {
    expect(output('undo')).toMatch(new RegExp(`^@@undo ${where} error ${code} .* same$`, 'm'));
  });

  it('a helper killed at any of its tools leaves nothing that clean does not remove', () => {
    const text = output('killed-at-tools');
    const kills = [...text.matchAll(/^@@killed-at (\S+ \S+) (\S+) (.*)$/gm)];
    expect(kills.map(([, where]) => where)).toEqual(TOOL_KILLS);
    const left = `leftover=${proof.vaults['a']?.name} removed`;
    for (const [, , same, cleaned] of kills) expect([same, cleaned]).toEqual(['same', left]);
    expect(text).toContain('\nrefresh open 0 from Lockline\nclosed same');
  });

  it('nor does one killed at any time', () => {
    const kills = [...output('killed').matchAll(/^@@killed (\d+) (\S+) (\w+) ?(.*)$/gm)];
    expect(kills).toHaveLength(8);
    expect(kills.map(([line, , , same]) => (same === 'same' ? '' : line)).join('')).toBe('');
  });

  it('clean takes a mapping whose process is gone, and no other', () => {
    const lines = output('killed').split('\n');
    const last = lines.filter((line) => line.startsWith('leftover='));
    expect(last.slice(-2).map((line) => line.split(' ')[1])).toEqual(['found', 'removed']);
    expect(lines.at(-1)).toBe('clean');
  });

  it('clean removes a mapping without a table, and waits for a tool that outlives its helper', () => {
    const name = proof.vaults['a']?.name;
    const lines = output('tableless').split('\n');
    const removed = `leftover=${name} removed`;
    expect(lines[0]).toMatch(/^error name-taken /);
    expect(lines.slice(1).filter((line) => line !== 'Killed')).toEqual([
      ...[`leftover=${name} found`, removed, 'same'],
      ...[removed, 'same'],
    ]);
  });

  it.each(HOSTILE_CASES)('refuses $id: $code', ({ step: name, id, code }) => {
    const outcome = hostileOutcome(step(name), id);
    expect(outcome, outcome.message).toMatchObject({ code, answerBytes: 0, isUnchanged: true });
    expect(outcome.status).toBe(EXIT_STATUS[code] ?? STATE_EXIT);
  });

  it('at least 60 hostile calls are tried', () => {
    expect(HOSTILE_CASES.length).toBeGreaterThan(60);
    expect(new Set(HOSTILE_CASES.map(({ id }) => id)).size).toBe(HOSTILE_CASES.length);
  });

  it('never follows a link that is swapped in while it works', () => {
    const text = output('races');
    expect(text).toContain('same');
    expect(text).not.toMatch(/BELOW-USR|OPENED-BOBS/);
  });

  it('ends with nothing left and without a complaint of the kernel', () => {
    expect(output('unstage')).toMatch(/^(No devices found)?$/);
  });

  it('keeps no secret in what it prints', () => {
    const key = proof.vaults['a']?.secret.subarray(0, 64).toString('hex');
    expect(proof.run.transcript).not.toContain(key);
    expect(readFileSync(proof.homeDisk).includes(Buffer.from(key ?? '', 'hex'))).toBe(false);
  });
});
