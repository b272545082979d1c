import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cryptsetup, cryptsetupOk } from '../support/cryptsetup.ts';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline, type Lockline } from '../support/run-lockline.ts';

const hasTools = requireTool('cryptsetup', 'cryptsetup-bin');
const PASSPHRASE = 'correct horse battery staple';
const KIB = 1024;
const CHEAP = ['--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000'];

async function createVault(lockline: Lockline): Promise<string> {
  const file = lockline.folder.file('vault');
  const passphrase = ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];
  await lockline.json([
    'create',
    file,
    '--size',
    '32M',
    '--fs',
    'none',
    ...CHEAP_KDF,
    ...passphrase,
  ]);
  return file;
}

async function formatTheirs(lockline: Lockline, ...options: string[]): Promise<string> {
  const file = lockline.folder.file('theirs');
  writeFileSync(file, '');
  execFileSync('truncate', ['-s', '48M', file]);
  await cryptsetupOk(
    ['luksFormat', '--type', 'luks2', ...CHEAP, ...options, file, '-'],
    PASSPHRASE,
  );
  return file;
}

const change = async (lockline: Lockline, file: string, from: string, to: string) =>
  lockline.json([
    ...['key', 'change', file, ...CHEAP_KDF, '--passphrase-file', lockline.passphraseFile(from)],
    ...['--new-passphrase-file', lockline.passphraseFile(to)],
  ]);

const opens = async (file: string, passphrase: string) =>
  (await cryptsetup(['open', '--test-passphrase', '--key-file', '-', file], passphrase))
    .exitCode === 0;

/** Overwrites a part of a file. */
function damage(file: string, offset: number, bytes: Buffer): void {
  const content = readFileSync(file);
  content.set(bytes, offset);
  writeFileSync(file, content);
}

describe.skipIf(!hasTools)('lockline header', () => {
  it.each([
    ['default sizes', []],
    ['64 KiB of metadata', ['--luks2-metadata-size', '64k', '--luks2-keyslots-size', '4m']],
    ['4 MiB of metadata', ['--luks2-metadata-size', '4m', '--luks2-keyslots-size', '8m']],
  ] as const)('backs up what cryptsetup backs up, byte for byte: %s', async (_name, options) => {
    await using lockline = createLockline();
    const file = await formatTheirs(lockline, ...options);
    const [ours, theirs] = [lockline.folder.file('ours.bak'), lockline.folder.file('theirs.bak')];
    const facts = await lockline.json(['header', 'backup', file, ours]);
    await cryptsetupOk(['luksHeaderBackup', '--header-backup-file', theirs, file]);
    expect(readFileSync(ours).equals(readFileSync(theirs))).toBe(true);
    expect(facts).toMatchObject({ sizeBytes: statSync(theirs).size });
    expect(statSync(ours).mode & 0o777).toBe(0o600);
    expect((await lockline.run(['header', 'backup', file, ours])).stderr).toContain('file-exists');
    // Each restores in the other.
    await cryptsetupOk([
      'luksChangeKey',
      ...CHEAP,
      '--key-file',
      lockline.passphraseFile(PASSPHRASE),
      file,
      lockline.passphraseFile('later'),
    ]);
    expect(await opens(file, PASSPHRASE)).toBe(false);
    await lockline.json(['header', 'restore', file, theirs, '--yes']);
    expect(await opens(file, PASSPHRASE)).toBe(true);
    expect(await opens(file, 'later')).toBe(false);
    expect(readFileSync(file).subarray(0, statSync(theirs).size).equals(readFileSync(theirs))).toBe(
      true,
    );
    await change(lockline, file, PASSPHRASE, 'ours');
    await cryptsetupOk(['luksHeaderRestore', '--header-backup-file', ours, file]);
    expect(await opens(file, PASSPHRASE)).toBe(true);
  });

  it('shows what a restore changes, keeps what it replaces, and can go back', async () => {
    await using lockline = createLockline();
    const file = await createVault(lockline);
    const first = lockline.folder.file('first.bak');
    await lockline.json(['header', 'backup', file, first]);
    const old = ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];
    const second = ['--new-passphrase-file', lockline.passphraseFile('second')];
    await lockline.json(['key', 'add', file, ...old, ...second, ...CHEAP_KDF, '--name', 'Two']);
    await change(lockline, file, PASSPHRASE, 'changed');
    const before = readFileSync(file);
    const preview = await lockline.json(['header', 'restore', file, first, '--dry-run']);
    expect(preview).toMatchObject({
      restored: false,
      isVerified: true,
      seqidThen: 1,
      keyslots: [
        { keyslotId: 0, change: 'replaced' },
        { keyslotId: 1, change: 'goes', nameNow: 'Two' },
      ],
    });
    expect(readFileSync(file).equals(before)).toBe(true);
    expect((await lockline.run(['header', 'restore', file, first])).code).toBe(2);
    const done = await lockline.json(['header', 'restore', file, first, '--yes']);
    expect(await opens(file, PASSPHRASE)).toBe(true);
    for (const gone of ['second', 'changed']) expect(await opens(file, gone)).toBe(false);
    const kept = String(done['keptPath']);
    expect(readFileSync(kept).equals(before.subarray(0, 16 * KIB * KIB))).toBe(true);
    await lockline.json(['header', 'restore', file, kept, '--yes']);
    for (const back of ['second', 'changed']) expect(await opens(file, back)).toBe(true);
    expect(await opens(file, PASSPHRASE)).toBe(false);
  });

  it('refuses the backup of another container, also with the same UUID', async () => {
    await using lockline = createLockline();
    const file = await createVault(lockline);
    const uuid = String((await lockline.json(['info', file]))['uuid']);
    const theirs = await formatTheirs(lockline);
    const backup = lockline.folder.file('other.bak');
    await lockline.json(['header', 'backup', theirs, backup]);
    const before = readFileSync(file);
    const other = await lockline.run(['header', 'restore', file, backup, '--yes']);
    expect(other.code).toBe(4);
    expect(other.stderr).toContain('what: uuid');
    await cryptsetupOk(['luksUUID', '--uuid', uuid, theirs]);
    const twin = lockline.folder.file('twin.bak');
    await lockline.json(['header', 'backup', theirs, twin]);
    const same = await lockline.run(['header', 'restore', file, twin, '--yes']);
    expect(same.stderr).toMatch(/what: (segment|volume-key)/);
    expect((await lockline.run(['header', 'restore', file, file, '--dry-run'])).code).toBe(0);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('restores over a header that nothing can read', async () => {
    await using lockline = createLockline();
    const file = await createVault(lockline);
    const backup = lockline.folder.file('header.bak');
    await lockline.json(['header', 'backup', file, backup]);
    damage(file, 0, Buffer.alloc(64 * KIB));
    expect((await lockline.run(['info', file])).code).toBe(4);
    const done = await lockline.json(['header', 'restore', file, backup, '--yes']);
    expect(done).toMatchObject({ isVerified: false, seqidNow: null });
    expect(await opens(file, PASSPHRASE)).toBe(true);
    expect(existsSync(String(done['keptPath']))).toBe(true);
  });
});

describe.skipIf(!hasTools)('lockline check and repair', () => {
  it('find nothing wrong in what is new, ours or theirs', async () => {
    await using lockline = createLockline();
    for (const file of [await createVault(lockline), await formatTheirs(lockline)]) {
      const before = readFileSync(file);
      expect(await lockline.json(['check', file])).toMatchObject({ verdict: 'fine' });
      expect(await lockline.json(['repair', file])).toMatchObject({ backupPath: null });
      expect(readFileSync(file).equals(before)).toBe(true);
    }
  });

  it.each([
    ['primary', 200],
    ['secondary', 16 * KIB + 5000],
  ] as const)('name and mend a damaged %s copy, after a backup', async (copy, offset) => {
    await using lockline = createLockline();
    const file = await createVault(lockline);
    damage(file, offset, Buffer.from('damage'));
    const before = readFileSync(file);
    const report = await lockline.run(['check', file, '--json']);
    expect(report.code).toBe(4);
    const { findings, verdict } = JSON.parse(report.stdout) as {
      findings: { detail: string }[];
      verdict: string;
    };
    expect(verdict).toBe('repairable');
    expect(findings.some(({ detail }) => detail.startsWith(`${copy} copy damaged`))).toBe(true);
    expect(readFileSync(file).equals(before)).toBe(true);
    const repaired = await lockline.json(['repair', file]);
    const kept = readFileSync(String(repaired['backupPath']));
    expect(kept.equals(before.subarray(0, kept.length))).toBe(true);
    expect(await lockline.json(['check', file])).toMatchObject({ verdict: 'fine' });
    expect(await opens(file, PASSPHRASE)).toBe(true);
  });

  it('name the offset of the damaged part of a key area', async () => {
    await using lockline = createLockline();
    const file = await createVault(lockline);
    for (const [at, bytes] of [
      [100 * 512, Buffer.alloc(512)],
      [77_000, Buffer.from('the quick brown fox jumps over the lazy dog. '.repeat(20))],
      [200_000, Buffer.alloc(300, 0xff)],
    ] as const) {
      const whole = readFileSync(file);
      damage(file, 32 * KIB + at, bytes);
      const { code, stdout } = await lockline.run(['check', file, '--json']);
      expect(code).toBe(4);
      const { findings } = JSON.parse(stdout) as {
        findings: { kind: string; weight: string; id: number; offsetBytes: number }[];
      };
      const area = findings.find(({ kind }) => kind === 'keyslot-area');
      expect(area).toMatchObject({ weight: 'damaged', id: 0 });
      expect(area?.offsetBytes).toBeGreaterThan(32 * KIB + at - 512);
      expect(area?.offsetBytes).toBeLessThanOrEqual(32 * KIB + at + bytes.length);
      const repair = await lockline.run(['repair', file, '--json']);
      expect(repair.code).toBe(4);
      expect(JSON.parse(repair.stdout)).toMatchObject({ backupPath: null });
      writeFileSync(file, whole);
    }
    expect(readdirSync(lockline.folder.path).filter((name) => name.endsWith('.bak'))).toEqual([]);
  });

  it('report what is no container at all, or cut short', async () => {
    await using lockline = createLockline();
    const none = lockline.folder.file('none');
    writeFileSync(none, Buffer.alloc(64 * KIB));
    const report = await lockline.run(['check', none, '--json']);
    expect(report.code).toBe(4);
    expect(JSON.parse(report.stdout)).toMatchObject({ uuid: null, verdict: 'damaged' });
    const file = await formatTheirs(lockline);
    execFileSync('truncate', ['-s', '2M', file]);
    expect((await lockline.run(['check', file])).stdout).toContain('container-truncated');
  });
});
