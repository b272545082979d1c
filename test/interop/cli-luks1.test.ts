import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DESTROY_WORDS } from '../../shared/model/keys.ts';
import { MIB } from '../../shared/units.ts';
import { cryptsetup, cryptsetupOk, dumpVolumeKey } from '../support/cryptsetup.ts';
import { requireTool } from '../support/require-tool.ts';
import { createLockline, type Lockline } from '../support/run-lockline.ts';

const hasCryptsetup = requireTool('cryptsetup', 'cryptsetup-bin');
const CHEAP = ['--pbkdf-force-iterations', '1000'];
const FIRST = 'the first';
const SECOND = 'the second';
const THIRD = 'the third';

type Shape = Readonly<{ cipher: string; keyBits: string; hash: string }>;

const SHAPES: readonly Shape[] = [
  { cipher: 'aes-xts-plain64', keyBits: '512', hash: 'sha256' },
  { cipher: 'aes-cbc-essiv:sha256', keyBits: '256', hash: 'ripemd160' },
  { cipher: 'aes-cbc-plain', keyBits: '128', hash: 'sha224' },
];

describe.skipIf(!hasCryptsetup)('keys and headers of LUKS1', () => {
  let lockline: Lockline;
  beforeAll(() => {
    lockline = createLockline();
  });
  afterAll(() => lockline[Symbol.asyncDispose]());

  async function format({ cipher, keyBits, hash }: Shape): Promise<string> {
    const path = lockline.folder.file(`luks1-${hash}`);
    writeFileSync(path, '');
    truncateSync(path, 8 * MIB);
    const options = ['--type', 'luks1', '--cipher', cipher, '--key-size', keyBits, '--hash', hash];
    await cryptsetupOk(['luksFormat', ...options, ...CHEAP, '--key-file', '-', path], FIRST);
    return path;
  }

  const openedBy = (text: string) => ['--passphrase-file', lockline.passphraseFile(text)];
  const opens = async (path: string, text: string) =>
    (await cryptsetup(['open', '--test-passphrase', '--key-file', '-', path], text)).exitCode === 0;

  it.each(SHAPES)(
    '$cipher, $hash: cryptsetup agrees at every step',
    async (shape) => {
      const path = await format(shape);
      const volumeKey = await dumpVolumeKey(path, FIRST);
      const added = ['--new-passphrase-file', lockline.passphraseFile(SECOND), ...CHEAP];
      const add = ['key', 'add', path, ...openedBy(FIRST), ...added];
      expect(await lockline.json(add)).toMatchObject({ keyslotId: 1 });
      expect((await dumpVolumeKey(path, SECOND)).equals(volumeKey)).toBe(true);

      const changed = ['--new-passphrase-file', lockline.passphraseFile(THIRD), ...CHEAP];
      await lockline.json(['key', 'change', path, ...openedBy(FIRST), ...changed]);
      expect(await opens(path, FIRST)).toBe(false);
      expect((await dumpVolumeKey(path, THIRD)).equals(volumeKey)).toBe(true);
      // What cryptsetup adds in its turn, Lockline opens and destroys.
      const theirs = lockline.passphraseFile(FIRST);
      await cryptsetupOk(['luksAddKey', ...CHEAP, '--key-file', '-', path, theirs], THIRD);
      expect(await lockline.json(['key', 'test', path, ...openedBy(FIRST)])).toMatchObject({
        keyslotId: 0,
      });

      const [backup, same] = [`${path}.bak`, `${path}.same`];
      await lockline.json(['header', 'backup', path, backup]);
      await cryptsetupOk(['luksHeaderBackup', path, '--header-backup-file', same]);
      expect(readFileSync(backup).equals(readFileSync(same))).toBe(true);

      await lockline.json(['key', 'kill', path, '0', ...openedBy(SECOND)]);
      await lockline.json(['key', 'remove', path, ...openedBy(THIRD)]);
      expect(await opens(path, FIRST)).toBe(false);
      expect(await opens(path, THIRD)).toBe(false);
      const last = await lockline.run(['key', 'remove', path, ...openedBy(SECOND)]);
      expect(last.stderr).toContain('last-keyslot');
      expect(await lockline.json(['check', path])).toMatchObject({ verdict: 'fine' });

      const restored = await lockline.json(['header', 'restore', path, same, '--yes']);
      expect(restored).toMatchObject({ restored: true, isVerified: true, seqidThen: null });
      for (const text of [FIRST, SECOND, THIRD]) expect(await opens(path, text), text).toBe(true);
      await cryptsetupOk(['luksHeaderRestore', path, '--header-backup-file', backup]);
      expect(await lockline.json(['key', 'test', path, ...openedBy(THIRD)])).toMatchObject({
        keyslotId: 2,
      });

      const keys = (await lockline.json(['key', 'list', path]))['keys'];
      const kdf = { type: 'pbkdf2', hash: shape.hash, iterations: 1000 };
      expect(keys).toMatchObject([0, 1, 2].map((keyslotId) => ({ keyslotId, kdf, isBound: true })));
      const erased = await lockline.json(['erase', path, '--confirm', DESTROY_WORDS]);
      expect(erased).toMatchObject({ erased: [0, 1, 2] });
      expect(await cryptsetupOk(['luksDump', path])).not.toContain('ENABLED');
    },
    240_000,
  );

  it('refuses what LUKS1 has no room for, and a backup of another vault', async () => {
    const path = await format({ cipher: 'aes-xts-plain64', keyBits: '256', hash: 'sha512' });
    const before = readFileSync(path);
    const added = ['--new-passphrase-file', lockline.passphraseFile(SECOND)];
    const add = ['key', 'add', path, ...openedBy(FIRST), ...added];
    const refused = async (args: readonly string[], code: string) => {
      const { code: exitCode, stderr } = await lockline.run(args);
      expect(stderr).toContain(code);
      expect(exitCode).toBeGreaterThan(0);
    };
    await refused([...add, '--pbkdf', 'argon2id'], 'kdf-unsupported');
    await refused([...add, ...CHEAP, '--name', 'Office'], 'key-names-unsupported');
    await refused(['key', 'name', path, '0', 'Office'], 'key-names-unsupported');
    await refused(['key', 'priority', path, '0', 'prefer'], 'key-names-unsupported');
    await refused(['key', 'kill', path, '3', ...openedBy(FIRST)], 'keyslot-inactive');
    const other = await format({ cipher: 'aes-xts-plain64', keyBits: '512', hash: 'sha1' });
    await lockline.json(['header', 'backup', other, `${other}.other`]);
    await refused(['header', 'restore', path, `${other}.other`, '--yes'], 'backup-mismatch');
    expect(readFileSync(path).equals(before)).toBe(true);
  }, 120_000);
});
