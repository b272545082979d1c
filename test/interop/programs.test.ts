import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline, type Lockline } from '../support/run-lockline.ts';

const hasTools = [
  ['fusermount3', 'fuse3'],
  ['rsync', 'rsync'],
  ['git', 'git'],
  ['sqlite3', 'sqlite3'],
  ['tar', 'tar'],
  ['fio', 'fio'],
].every(([program = '', name = '']) => requireTool(program, name));

/** Ordinary programs in one mounted FAT32 vault. */
describe.skipIf(!hasTools)('programs in a vault', () => {
  let lockline: Lockline;
  let vault: string;
  let secret: string[];
  let at: string;

  const mount = async () => {
    at = String((await lockline.json(['mount', vault, ...secret]))['mountPoint']);
  };
  const run = (command: string) =>
    execFileSync('bash', ['-euc', command], { cwd: at, encoding: 'utf8', stdio: 'pipe' });
  const refusal = (command: string) =>
    spawnSync('bash', ['-c', command], { cwd: at, encoding: 'utf8' }).stderr;

  beforeAll(async () => {
    lockline = createLockline();
    secret = ['--passphrase-file', lockline.passphraseFile('programs')];
    vault = lockline.folder.file('vault');
    await lockline.json([
      'create',
      vault,
      '--size',
      '512M',
      '--fs',
      'fat32',
      ...CHEAP_KDF,
      ...secret,
    ]);
    await mount();
    const source = lockline.folder.file('source');
    execFileSync('bash', [
      '-euc',
      `
      mkdir -p ${source}/deep/er && cd ${source}
      for i in $(seq 300); do head -c $((i * 97)) /dev/urandom > deep/er/file-$i; done
      printf 'Grüße' > 'Ümläut ✓ name.txt'
      git init -q -b main . && git add . && git -c user.name=t -c user.email=t@t commit -qm one
    `,
    ]);
  });
  afterAll(() => lockline?.[Symbol.asyncDispose]());

  it('cp -r and mv across folders', () => {
    const source = lockline.folder.file('source/deep');
    run(`cp -r ${source} copied && diff -r ${source} copied`);
    run(
      'mkdir elsewhere && mv copied/er elsewhere/ && test ! -e copied/er && ls elsewhere/er | wc -l | grep -qx 300',
    );
  });

  it('rsync -rt, which then finds nothing to do', () => {
    const source = lockline.folder.file('source/deep/');
    run(`rsync -rt --modify-window=1 ${source} synced/`);
    expect(run(`rsync -rtni --modify-window=1 ${source} synced/`)).toBe('');
    expect(run(`rsync -rcn --out-format=%n ${source} synced/`)).toBe('');
  });

  it('git clone, commit, gc and fsck', () => {
    run(`git clone -q ${lockline.folder.file('source')} clone`);
    run('cd clone && git status --porcelain | wc -l | grep -qx 0');
    run(
      'cd clone && echo more > more && git add . && git -c user.name=t -c user.email=t@t commit -qm two && git gc -q && git fsck --strict',
    );
  });

  it.each(['DELETE', 'TRUNCATE', 'PERSIST', 'WAL'])('sqlite3 in journal mode %s', (mode) => {
    const rows = `PRAGMA journal_mode=${mode}; CREATE TABLE t(a INTEGER PRIMARY KEY, b); BEGIN; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<5000) INSERT INTO t SELECT i, hex(randomblob(20)) FROM n; COMMIT; DELETE FROM t WHERE a % 3 = 0; VACUUM;`;
    run(`sqlite3 ${mode}.db "${rows}" > /dev/null`);
    expect(run(`sqlite3 ${mode}.db 'PRAGMA integrity_check; SELECT count(*) FROM t'`)).toBe(
      'ok\n3334\n',
    );
  });

  it('tar in and out', () => {
    const source = lockline.folder.file('source');
    run(
      `tar -C ${source} -cf tree.tar deep && mkdir untarred && tar -xf tree.tar -C untarred --no-same-owner && diff -r ${source}/deep untarred/deep`,
    );
  });

  it("an editor's save by rename, again and again", () => {
    writeFileSync(`${at}/document`, 'version 0');
    for (let version = 1; version <= 200; version += 1) {
      writeFileSync(`${at}/.document.tmp`, `version ${version}`, { flush: true });
      renameSync(`${at}/.document.tmp`, `${at}/document`);
      expect(readFileSync(`${at}/document`, 'utf8')).toBe(`version ${version}`);
    }
  });

  it('refuses what FAT cannot hold as vfat does', () => {
    expect(refusal('ln -s a b')).toContain('Operation not permitted');
    expect(refusal('touch one && ln one two')).toContain('Operation not permitted');
    expect(refusal('mkfifo pipe')).toContain('Operation not permitted');
    if (process.getuid?.() === 0)
      expect(refusal('touch own && chown 1234 own')).toContain('Operation not permitted');
    expect(refusal('touch "what?"')).toContain('Invalid argument');
    expect(refusal(`touch ${'n'.repeat(256)}`)).toContain('File name too long');
    expect(refusal('truncate -s 4294967296 huge')).toContain('File too large');
  });

  it('fio verifies what it wrote, with random writes and mmap', () => {
    const common =
      '--directory=. --size=16M --bs=4k --verify=crc32c --do_verify=1 --output=/dev/null';
    run(`fio --name=random --rw=randwrite --ioengine=psync ${common}`);
    run(`fio --name=mapped --rw=randwrite --ioengine=mmap ${common}`);
  });

  it('holds 10,000 files in one folder, found again after the lock with everything else', async () => {
    mkdirSync(`${at}/many`);
    for (let i = 0; i < 10_000; i += 1)
      writeFileSync(`${at}/many/a file with a long name ${i}`, '');
    expect(readdirSync(`${at}/many`)).toHaveLength(10_000);
    await lockline.json(['unmount', vault]);
    await mount();
    expect(new Set(readdirSync(`${at}/many`)).size).toBe(10_000);
    expect(readFileSync(`${at}/clone/Ümläut ✓ name.txt`, 'utf8')).toBe('Grüße');
    run('cd clone && git fsck --strict');
    expect(readFileSync(`${at}/document`, 'utf8')).toBe('version 200');
    expect(statSync(`${at}/untarred/deep/er/file-300`).size).toBe(29_100);
  });
});
