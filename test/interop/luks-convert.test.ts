import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileDevice } from '../../main/block/file-device.ts';
import { readContainer, unlockVolume } from '../../main/luks/container.ts';
import { MIB } from '../../shared/units.ts';
import { cryptsetup, cryptsetupOk, dumpVolumeKey } from '../support/cryptsetup.ts';
import { secretOf } from '../support/luks-fixtures.ts';
import { readPlaintext, withPlaintext } from '../support/read-plaintext.ts';
import { requireTool } from '../support/require-tool.ts';
import { createLockline, type Lockline } from '../support/run-lockline.ts';
import { seededRandom } from '../support/seeded-random.ts';

const hasCryptsetup = requireTool('cryptsetup', 'cryptsetup-bin');
const CHEAP = ['--pbkdf-force-iterations', '1000'];
const PASSPHRASES = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth'];

type Shape = Readonly<{ cipher: string; keyBits: string; hash: string; keyslots: number }>;

const SHAPES: readonly Shape[] = [
  { cipher: 'aes-xts-plain64', keyBits: '512', hash: 'sha256', keyslots: 2 },
  { cipher: 'aes-xts-plain64', keyBits: '512', hash: 'sha512', keyslots: 3 },
  { cipher: 'aes-xts-plain64', keyBits: '256', hash: 'sha1', keyslots: 8 },
  { cipher: 'aes-cbc-essiv:sha256', keyBits: '256', hash: 'sha256', keyslots: 1 },
  { cipher: 'aes-cbc-plain64', keyBits: '128', hash: 'ripemd160', keyslots: 1 },
];

describe.skipIf(!hasCryptsetup)('lockline convert', () => {
  let lockline: Lockline;
  let count = 0;
  beforeAll(() => {
    lockline = createLockline();
  });
  afterAll(() => lockline[Symbol.asyncDispose]());

  async function format(type: 'luks1' | 'luks2', shape: Shape): Promise<string> {
    count += 1;
    const path = lockline.folder.file(`vault-${count}.img`);
    const pbkdf = type === 'luks1' ? [] : ['--pbkdf', 'pbkdf2', '--sector-size', '512'];
    const { cipher, keyBits, hash } = shape;
    writeFileSync(path, '');
    truncateSync(path, 18 * MIB);
    const options = ['--type', type, '--cipher', cipher, '--key-size', keyBits, '--hash', hash];
    const format = ['luksFormat', ...options, ...pbkdf, ...CHEAP, '--key-file', '-', path];
    await cryptsetupOk(format, PASSPHRASES[0]);
    const more = type === 'luks1' ? CHEAP : ['--pbkdf', 'pbkdf2', ...CHEAP];
    for (const passphrase of PASSPHRASES.slice(1, shape.keyslots)) {
      const file = lockline.passphraseFile(passphrase);
      const add = ['luksAddKey', ...more, '--hash', hash, '--key-file', '-', path, file];
      await cryptsetupOk(add, PASSPHRASES[0]);
    }
    return path;
  }

  async function plaintextOf(path: string, passphrase: string): Promise<Buffer> {
    using device = FileDevice.open(path, { isReadOnly: true });
    using secret = secretOf(passphrase);
    using volume = await unlockVolume(device, readContainer(device), secret);
    return readPlaintext(device, volume);
  }

  async function fill(path: string): Promise<void> {
    using device = FileDevice.open(path, { isReadOnly: false });
    using secret = secretOf(PASSPHRASES[0] ?? '');
    using volume = await unlockVolume(device, readContainer(device), secret);
    const content = seededRandom(count).bytes(volume.segment.lengthBytes);
    withPlaintext(device, volume, (plaintext) => plaintext.writeFrom(0, content));
  }

  async function expectAllOpen(path: string, shape: Shape, plaintext: Buffer): Promise<void> {
    for (const [index, passphrase] of PASSPHRASES.slice(0, shape.keyslots).entries()) {
      const open = ['open', '--test-passphrase', '--key-slot', String(index), '--key-file', '-'];
      expect((await cryptsetup([...open, path], passphrase)).exitCode, passphrase).toBe(0);
      expect((await plaintextOf(path, passphrase)).equals(plaintext), passphrase).toBe(true);
    }
  }

  it.each(SHAPES)(
    '$cipher, $keyBits bits, $hash, $keyslots keyslots: there and back, every key opens, no byte of data changes',
    async (shape) => {
      const path = await format('luks1', shape);
      await fill(path);
      const original = lockline.folder.file('original.img');
      copyFileSync(path, original);
      const before = await plaintextOf(path, PASSPHRASES[0] ?? '');
      const key = await dumpVolumeKey(path, PASSPHRASES[0] ?? '');
      const facts = await lockline.json(['convert', path, '--to', 'luks2']);
      expect(facts).toMatchObject({ format: 'luks2' });
      expect(await cryptsetupOk(['luksDump', path])).toMatch(/Version:\s+2\n/);
      await expectAllOpen(path, shape, before);
      expect((await dumpVolumeKey(path, PASSPHRASES[0] ?? '')).equals(key)).toBe(true);
      // What was kept is the header of before, byte for byte.
      const kept = readFileSync(String(facts['backupPath']));
      expect(kept.equals(readFileSync(original).subarray(0, kept.length))).toBe(true);
      // And cryptsetup takes it on from here.
      const theirs = lockline.folder.file('theirs.img');
      copyFileSync(path, theirs);
      await cryptsetupOk(['convert', '--type', 'luks1', theirs]);
      await expectAllOpen(theirs, shape, before);
      expect(await lockline.json(['convert', path, '--to', 'luks1'])).toMatchObject({
        format: 'luks1',
      });
      expect(await cryptsetupOk(['luksDump', path])).toMatch(/Version:\s+1\n/);
      await expectAllOpen(path, shape, before);
    },
  );

  it('converts what cryptsetup made as LUKS2, which cryptsetup converts back', async () => {
    const shape = { cipher: 'aes-xts-plain64', keyBits: '512', hash: 'sha256', keyslots: 2 };
    const path = await format('luks2', shape);
    const before = await plaintextOf(path, PASSPHRASES[0] ?? '');
    await lockline.json(['convert', path, '--to', 'luks1']);
    await expectAllOpen(path, shape, before);
    await cryptsetupOk(['convert', '--type', 'luks2', path]);
    await expectAllOpen(path, shape, before);
  });

  it('refuses what the other format cannot hold, with the reason, and writes nothing', async () => {
    const path = lockline.folder.file('argon.img');
    const secret = ['--passphrase-file', lockline.passphraseFile('x'), '--fs', 'none'];
    const kdf = ['--pbkdf-force-iterations', '4', '--pbkdf-memory', '64'];
    await lockline.json(['create', path, '--size', '32M', ...kdf, ...secret]);
    const before = readFileSync(path);
    const argon = await lockline.run(['convert', path, '--to', 'luks1', '--json']);
    expect(argon.code).toBe(5);
    expect(JSON.parse(argon.stderr).error).toMatchObject({
      code: 'conversion-impossible',
      data: { reason: 'sector-size' },
    });
    const same = await lockline.run(['convert', path, '--to', 'luks2', '--json']);
    expect(JSON.parse(same.stderr).error.code).toBe('already-converted');
    expect(readFileSync(path).equals(before)).toBe(true);
    const full = await format('luks1', {
      ...{ cipher: 'aes-xts-plain64', keyBits: '512', hash: 'sha256' },
      keyslots: 8,
    });
    const noRoom = await lockline.run(['convert', full, '--to', 'luks2', '--json']);
    expect(JSON.parse(noRoom.stderr).error.data.reason).toBe('no-room-for-header');
  });
});
