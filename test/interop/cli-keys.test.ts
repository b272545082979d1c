import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DESTROY_WORDS } from '../../shared/model/keys.ts';
import { cryptsetup, cryptsetupOk, dumpVolumeKey } from '../support/cryptsetup.ts';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline, type Lockline } from '../support/run-lockline.ts';

const hasTools = requireTool('cryptsetup', 'cryptsetup-bin');
const PASSPHRASE = 'correct horse battery staple';

type KeyRow = Readonly<{
  keyslotId: number;
  priority: string;
  costMs: number;
  opensOn: readonly string[];
  label: Readonly<{ name: string; createdAt: string | null; kind: string }>;
}>;

async function createVault(
  lockline: Lockline,
  kdf: readonly string[] = CHEAP_KDF,
): Promise<string> {
  const file = lockline.folder.file('vault');
  const passphrase = ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];
  await lockline.json(['create', file, '--size', '32M', '--fs', 'none', ...kdf, ...passphrase]);
  return file;
}

async function keysOf(lockline: Lockline, file: string): Promise<readonly KeyRow[]> {
  return (await lockline.json(['key', 'list', file]))['keys'] as KeyRow[]; // the shape is the subject
}

const opens = async (file: string, passphrase: string, ...more: string[]) =>
  (await cryptsetup(['open', '--test-passphrase', '--key-file', '-', ...more, file], passphrase))
    .exitCode;

describe.skipIf(!hasTools)('lockline key', () => {
  it('adds, names, tests, changes and removes keys that cryptsetup opens', async () => {
    await using lockline = createLockline();
    const file = await createVault(lockline);
    const old = ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];
    const second = ['--new-passphrase-file', lockline.passphraseFile('second key')];
    const volumeKey = await dumpVolumeKey(file, PASSPHRASE);

    const added = await lockline.json([
      'key',
      'add',
      file,
      '--name',
      'Office',
      ...old,
      ...second,
      ...CHEAP_KDF,
    ]);
    expect(added).toMatchObject({ keyslotId: 1, kind: 'passphrase' });
    expect(await opens(file, 'second key', '-S', '1')).toBe(0);
    expect((await dumpVolumeKey(file, 'second key')).equals(volumeKey)).toBe(true);
    const [first, office] = await keysOf(lockline, file);
    expect(first?.label).toEqual({ name: '', createdAt: null, kind: 'unknown' });
    expect(office).toMatchObject({ keyslotId: 1, label: { name: 'Office', kind: 'passphrase' } });
    expect(Date.parse(office?.label.createdAt ?? '')).toBeGreaterThan(Date.now() - 600_000);
    expect(office?.opensOn).toContain('phone');
    expect(office?.costMs).toBeLessThan(5_000);

    const third = ['--new-passphrase-file', lockline.passphraseFile('third key')];
    const now = ['--passphrase-file', lockline.passphraseFile('second key')];
    expect(
      await lockline.json(['key', 'change', file, ...now, ...third, ...CHEAP_KDF]),
    ).toMatchObject({ keyslotId: 1 });
    expect(await opens(file, 'second key')).toBe(2);
    expect(await opens(file, 'third key', '-S', '1')).toBe(0);
    expect((await keysOf(lockline, file))[1]?.label.name).toBe('Office');
    expect(await cryptsetupOk(['luksDump', file])).not.toContain('lockline-wipe');

    await lockline.json(['key', 'name', file, '0', 'Home']);
    await lockline.json(['key', 'priority', file, '0', 'prefer']);
    expect((await keysOf(lockline, file))[0]).toMatchObject({
      priority: 'prefer',
      label: { name: 'Home' },
    });
    expect(await cryptsetupOk(['luksDump', file])).toContain('preferred');

    const test = ['key', 'test', file, '1', '--passphrase-file'];
    expect((await lockline.run([...test, lockline.passphraseFile('third key')])).code).toBe(0);
    expect((await lockline.run([...test, lockline.passphraseFile(PASSPHRASE)])).code).toBe(3);
    const third1 = ['--passphrase-file', lockline.passphraseFile('third key')];
    expect(await lockline.json(['key', 'kill', file, '0', ...third1])).toMatchObject({
      keyslotId: 0,
    });
    expect(await opens(file, PASSPHRASE)).toBe(2);
    expect(await opens(file, 'third key')).toBe(0);
    const dump = await cryptsetupOk(['luksDump', '--dump-json-metadata', file]);
    const tokens = Object.values((JSON.parse(dump) as { tokens: object }).tokens);
    expect(tokens).toMatchObject([{ type: 'lockline-key', keyslots: ['1'], name: 'Office' }]);
  });

  it('uses keyfiles, newline included, next to passphrases', async () => {
    await using lockline = createLockline();
    const file = await createVault(lockline);
    const keyfile = lockline.folder.file('key.bin');
    writeFileSync(keyfile, Buffer.concat([randomBytes(4096), Buffer.from('\n')]));
    const old = ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];
    await lockline.json(['key', 'add', file, ...old, '--new-keyfile', keyfile, ...CHEAP_KDF]);
    await cryptsetupOk(['open', '--test-passphrase', '--key-file', keyfile, file]);
    expect(await lockline.json(['key', 'test', file, '--keyfile', keyfile])).toMatchObject({
      keyslotId: 1,
    });
    expect((await keysOf(lockline, file))[1]?.label.kind).toBe('keyfile');
    expect(await lockline.json(['key', 'remove', file, '--keyfile', keyfile])).toMatchObject({
      keyslotId: 1,
    });
    expect((await lockline.run(['key', 'test', file, '--keyfile', keyfile])).code).toBe(3);
  });

  it('makes a recovery key that opens here and in cryptsetup, and names a wrong word', async () => {
    await using lockline = createLockline();
    const file = await createVault(lockline);
    const sheet = lockline.folder.file('sheet.txt');
    const old = ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];
    const add = ['key', 'add', file, '--recovery', ...old, ...CHEAP_KDF];
    await lockline.json([...add, '--recovery-out', sheet]);
    expect(statSync(sheet).mode & 0o777).toBe(0o600);
    const words = [...readFileSync(sheet, 'utf8').matchAll(/^ ?\d+ +([a-z]+)$/gm)].map((m) => m[1]);
    expect(words).toHaveLength(24);
    expect(await opens(file, words.join(' '), '-S', '1')).toBe(0);
    expect((await keysOf(lockline, file))[1]?.label.kind).toBe('recovery');

    const entered = (text: string) =>
      lockline.run(['key', 'test', file, '--recovery-key', '--passphrase-file', '-'], {
        stdin: text,
      });
    expect((await entered(`  ${words.join('\n').toUpperCase()}  `)).code).toBe(0);
    const abbreviated = words.map((word) => word?.slice(0, 4)).join(' ');
    expect((await entered(abbreviated)).code).toBe(0);
    const wrong = await entered(words.with(6, 'lockline').join(' '));
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/recovery-word-wrong.*\(wordNumber: 7\)/);
    expect((await entered(words.slice(1).join(' '))).stderr).toContain('recovery-words-missing');
    const swapped = await entered(words.with(0, words[0] === 'zoo' ? 'art' : 'zoo').join(' '));
    expect(swapped.code).toBe(swapped.stderr.includes('recovery-checksum-wrong') ? 2 : 3);

    const shown = await lockline.run(add);
    expect([...shown.stdout.matchAll(/^ ?\d+ +[a-z]+$/gm)]).toHaveLength(24);
    const exists = await lockline.run([...add, '--recovery-out', sheet]);
    expect(exists.stderr).toContain('file-exists');
    expect(await keysOf(lockline, file)).toHaveLength(3);
  });

  it('removes the last key, or all, only with the words', async () => {
    await using lockline = createLockline();
    const file = await createVault(lockline);
    const old = ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];
    for (const refused of [
      ['key', 'remove', file, ...old],
      ['key', 'kill', file, '0', ...old],
    ]) {
      const { code, stderr } = await lockline.run(refused);
      expect(code).toBe(6);
      expect(stderr).toContain('last-keyslot');
    }
    for (const words of [[], ['--confirm', 'yes']]) {
      const { code, stderr } = await lockline.run(['erase', file, ...words]);
      expect(code).toBe(2);
      expect(stderr).toContain('confirmation-wrong');
    }
    expect(await opens(file, PASSPHRASE)).toBe(0);
    const before = readFileSync(file).subarray(32 * 1024, 300 * 1024);
    expect(
      await lockline.json(['key', 'remove', file, ...old, '--confirm', DESTROY_WORDS]),
    ).toMatchObject({ keyslotId: 0 });
    expect(await opens(file, PASSPHRASE)).not.toBe(0);
    const after = readFileSync(file).subarray(32 * 1024, 300 * 1024);
    expect(sharedBlocks(before, after, 252 * 1024)).toBe(0);
    expect(await cryptsetupOk(['luksDump', file])).not.toMatch(/^\s+\d+: luks2$/m);
  });

  it('erases every key and what was left of earlier ones', async () => {
    await using lockline = createLockline();
    const file = await createVault(lockline);
    const before = readFileSync(file);
    const erased = await lockline.json(['erase', file, '--confirm', DESTROY_WORDS]);
    expect(erased['erased']).toEqual([0]);
    const after = readFileSync(file);
    const area = (bytes: Buffer) => bytes.subarray(32 * 1024, 16 * 1024 * 1024);
    expect(sharedBlocks(area(before), area(after), area(after).length)).toBe(0);
    expect(after.subarray(16 * 1024 * 1024).equals(before.subarray(16 * 1024 * 1024))).toBe(true);
    expect(await opens(file, PASSPHRASE)).not.toBe(0);
    expect(await keysOf(lockline, file)).toEqual([]);
  });

  it('refuses a wrong passphrase, a key that is not there and a vault that is open', async () => {
    await using lockline = createLockline();
    const file = await createVault(lockline);
    const old = ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];
    const wrong = ['--passphrase-file', lockline.passphraseFile('wrong')];
    const added = ['--new-passphrase-file', lockline.passphraseFile('new'), ...CHEAP_KDF];
    expect((await lockline.run(['key', 'add', file, ...wrong, ...added])).code).toBe(3);
    expect((await lockline.run(['key', 'change', file, ...wrong, ...added])).code).toBe(3);
    expect((await lockline.run(['key', 'kill', file, '7', ...old])).stderr).toContain(
      'keyslot-inactive',
    );
    const unequal = await lockline.run(['key', 'priority', file, '0', 'first']);
    expect(unequal.code).toBe(2);
    expect(await keysOf(lockline, file)).toHaveLength(1);
    const sheet = lockline.folder.file('sheet');
    const failed = ['key', 'add', file, ...wrong, '--recovery', '--recovery-out', sheet];
    expect((await lockline.run([...failed, ...CHEAP_KDF])).code).toBe(3);
    expect(existsSync(sheet)).toBe(false);
  });

  it('works on what cryptsetup made, and leaves its tokens alone', async () => {
    await using lockline = createLockline();
    const file = lockline.folder.file('theirs');
    writeFileSync(file, '');
    execFileSync('truncate', ['-s', '32M', file]);
    const cheap = ['--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000'];
    await cryptsetupOk(['luksFormat', '--type', 'luks2', ...cheap, file, '-'], PASSPHRASE);
    const token = lockline.folder.file('token.json');
    writeFileSync(token, '{"type":"someone","keyslots":["0"],"deep":{"list":["1"]}}');
    await cryptsetupOk(['token', 'import', '--json-file', token, file]);
    const old = ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];
    const added = ['--new-passphrase-file', lockline.passphraseFile('new'), '--pbkdf', 'argon2i'];
    await lockline.json(['key', 'add', file, ...old, ...added, ...CHEAP_KDF]);
    expect(await opens(file, 'new', '-S', '1')).toBe(0);
    await lockline.json([
      'key',
      'kill',
      file,
      '0',
      '--passphrase-file',
      lockline.passphraseFile('new'),
    ]);
    const dump = await cryptsetupOk(['luksDump', '--dump-json-metadata', file]);
    const { tokens } = JSON.parse(dump) as { tokens: Record<string, unknown> };
    expect(tokens['0']).toEqual({ type: 'someone', keyslots: [], deep: { list: ['1'] } });
    await cryptsetupOk([
      'luksAddKey',
      ...cheap,
      '--key-file',
      lockline.passphraseFile('new'),
      file,
      lockline.passphraseFile('fourth'),
    ]);
    expect(
      (
        await lockline.run([
          'key',
          'test',
          file,
          '--passphrase-file',
          lockline.passphraseFile('fourth'),
        ])
      ).code,
    ).toBe(0);
  });
});

/** Counts the 512-byte blocks within `length` that are the same in both and are not zeros. */
function sharedBlocks(a: Buffer, b: Buffer, length: number): number {
  let count = 0;
  for (let at = 0; at < length; at += 512) {
    const block = a.subarray(at, at + 512);
    const isZero = block.every((byte) => byte === 0);
    if (!isZero && block.equals(b.subarray(at, at + 512))) count += 1;
  }
  return count;
}
