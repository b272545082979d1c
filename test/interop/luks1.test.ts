import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileDevice } from '../../main/block/file-device.ts';
import { readContainer, unlockVolume } from '../../main/luks/container.ts';
import { MIB } from '../../shared/units.ts';
import { cryptsetupOk, dumpVolumeKey } from '../support/cryptsetup.ts';
import { secretOf, TEST_PASSPHRASE } from '../support/luks-fixtures.ts';
import { readPlaintext, withPlaintext } from '../support/read-plaintext.ts';
import { requireTool } from '../support/require-tool.ts';
import { createLockline } from '../support/run-lockline.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const hasTools = [
  requireTool('cryptsetup', 'cryptsetup-bin'),
  requireTool('qemu-img', 'qemu-utils'),
  requireTool('mkfs.fat', 'dosfstools'),
].every(Boolean);

const CONTAINER_BYTES = 8 * MIB;
const HASHES = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'ripemd160'] as const;
const CIPHERS = [
  ['aes-xts-plain64', 512],
  ['aes-xts-plain', 256],
  ['aes-cbc-essiv:sha256', 256],
  ['aes-cbc-essiv:sha256', 128],
  ['aes-cbc-plain', 128],
  ['aes-cbc-plain64', 256],
] as const;
/** Each cipher with each hash would take long and show no more. */
const SHAPES = [
  ...CIPHERS.map(([cipher, keyBits]) => ({ cipher, keyBits, hash: 'sha256' })),
  ...HASHES.map((hash) => ({ cipher: 'aes-xts-plain64', keyBits: 512, hash })),
];

let folder: TemporaryFolder;
let count = 0;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder[Symbol.dispose]());

async function formatTheirs(shape: (typeof SHAPES)[number]): Promise<string> {
  count += 1;
  const path = folder.file(`${count}.img`);
  writeFileSync(path, '');
  truncateSync(path, CONTAINER_BYTES);
  const cheap = ['--pbkdf-force-iterations', '1000', '--key-file', '-'];
  const cipher = ['--cipher', shape.cipher, '--key-size', String(shape.keyBits)];
  const args = ['luksFormat', '--type', 'luks1', ...cipher, '--hash', shape.hash, ...cheap, path];
  await cryptsetupOk(args, TEST_PASSPHRASE);
  return path;
}

/** The plaintext as QEMU, whose LUKS1 driver is nobody's copy, reads it. */
function readWithQemu(path: string): Buffer {
  const passphrase = folder.file('passphrase');
  writeFileSync(passphrase, TEST_PASSPHRASE);
  const plain = folder.file('plain.raw');
  const secret = `secret,id=s0,file=${passphrase}`;
  const source = `driver=luks,key-secret=s0,file.filename=${path}`;
  execFileSync('qemu-img', [
    'convert',
    '--object',
    secret,
    '--image-opts',
    source,
    '-O',
    'raw',
    plain,
  ]);
  return readFileSync(plain);
}

async function writeOurs(path: string, plaintext: Uint8Array): Promise<void> {
  using device = FileDevice.open(path, { isReadOnly: false });
  using secret = secretOf(TEST_PASSPHRASE);
  using volume = await unlockVolume(device, readContainer(device), secret);
  withPlaintext(device, volume, (crypt) => crypt.writeFrom(0, plaintext));
}

async function readOurs(path: string): Promise<Readonly<{ key: Buffer; read: Buffer }>> {
  using device = FileDevice.open(path, { isReadOnly: true });
  using secret = secretOf(TEST_PASSPHRASE);
  using volume = await unlockVolume(device, readContainer(device), secret);
  return { key: Buffer.from(volume.volumeKey.bytes.slice()), read: readPlaintext(device, volume) };
}

describe.skipIf(!hasTools)('LUKS1', () => {
  it.each(SHAPES)(
    '$cipher with $keyBits bits, $hash: cryptsetup makes it, QEMU reads what we write',
    async (shape) => {
      const path = await formatTheirs(shape);
      const plaintext = seededRandom(count).bytes(3 * MIB + 512);
      await writeOurs(path, plaintext);
      const { key, read } = await readOurs(path);
      expect(key.equals(await dumpVolumeKey(path, TEST_PASSPHRASE))).toBe(true);
      expect(read.subarray(0, plaintext.length).equals(plaintext)).toBe(true);
      // QEMU minds our lock: the container is closed by now.
      expect(readWithQemu(path).equals(read)).toBe(true);
      using device = FileDevice.open(path, { isReadOnly: true });
      using wrong = secretOf('wrong');
      await expect(unlockVolume(device, readContainer(device), wrong)).rejects.toMatchObject({
        code: 'passphrase-wrong',
      });
    },
  );

  it('made by QEMU, with its own layout, opens with every byte', async () => {
    const passphrase = folder.file('passphrase');
    const path = folder.file('qemu.luks');
    const source = folder.file('source.raw');
    const content = seededRandom(9).bytes(2 * MIB);
    writeFileSync(passphrase, TEST_PASSPHRASE);
    writeFileSync(source, content);
    const options = ['-o', 'key-secret=s0,iter-time=10'];
    const convert = ['convert', '--object', `secret,id=s0,file=${passphrase}`];
    const args = [...convert, '-f', 'raw', '-O', 'luks', ...options, source, path];
    // Its benchmark fails where the clock of the thread stands still for it, as on busy machines.
    const isMade = Array.from({ length: 20 }).some(() => spawnSync('qemu-img', args).status === 0);
    expect(isMade).toBe(true);
    expect((await readOurs(path)).read.subarray(0, content.length).equals(content)).toBe(true);
  });

  it('with a key of 192 bits, whose key areas end within a sector, has the key that it had', async () => {
    const path = await formatTheirs({ cipher: 'aes-cbc-plain64', keyBits: 192, hash: 'sha256' });
    const { key } = await readOurs(path);
    expect(key.equals(await dumpVolumeKey(path, TEST_PASSPHRASE))).toBe(true);
  });

  it('the command line lists, tests and mounts it; what is written there QEMU reads', async () => {
    const path = await formatTheirs({ cipher: 'aes-cbc-essiv:sha256', keyBits: 256, hash: 'sha1' });
    const image = folder.file('fat.raw');
    writeFileSync(image, '');
    truncateSync(image, readWithQemu(path).length);
    execFileSync('mkfs.fat', ['-F', '32', '-n', 'OLD', image], { stdio: 'ignore' });
    await writeOurs(path, readFileSync(image));
    await using lockline = createLockline();
    const secret = ['--passphrase-file', lockline.passphraseFile(TEST_PASSPHRASE)];
    expect(await lockline.json(['info', path])).toMatchObject({
      format: 'luks1',
      keyslots: [{ id: 0, kdf: { type: 'pbkdf2', hash: 'sha1', iterations: 1000 } }],
      segments: [{ encryption: 'aes-cbc-essiv:sha256', sectorBytes: 512 }],
    });
    expect(await lockline.json(['test', path, ...secret])).toMatchObject({ keyslotId: 0 });
    const mounted = await lockline.json(['mount', path, ...secret]);
    expect(mounted).toMatchObject({ filesystem: 'vfat', engine: { provider: 'node-cbc' } });
    const content = seededRandom(4).bytes(MIB);
    writeFileSync(`${String(mounted['mountPoint'])}/file.bin`, content);
    expect((await lockline.run(['unmount', path])).code).toBe(0);
    writeFileSync(image, readWithQemu(path));
    execFileSync('fsck.fat', ['-n', image], { stdio: 'ignore' });
    expect(readFileSync(image).includes(Buffer.from(content))).toBe(true);
  });
});
