import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileDevice } from '../../main/block/file-device.ts';
import { describeHeader } from '../../main/luks/describe-header.ts';
import { formatLuks2 } from '../../main/luks/format-luks2.ts';
import { readLuks2 } from '../../main/luks/read-luks2.ts';
import { repairHeaderCopies } from '../../main/luks/repair-header-copies.ts';
import { unlockLuks2 } from '../../main/luks/unlock-luks2.ts';
import { updateHeader } from '../../main/luks/update-header.ts';
import { KDF_TYPES, KEY_SIZES_BITS, SECTOR_SIZES } from '../../shared/model/create-options.ts';
import { MIB } from '../../shared/units.ts';
import { cryptsetup, cryptsetupOk, dumpVolumeKey } from '../support/cryptsetup.ts';
import { CHEAP_KDFS, secretOf, TEST_PASSPHRASE } from '../support/luks-fixtures.ts';
import { requireTool } from '../support/require-tool.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const hasCryptsetup = requireTool('cryptsetup', 'cryptsetup-bin');
const CONTAINER_BYTES = 32 * MIB;

type Shape = Readonly<{
  type: (typeof KDF_TYPES)[number];
  keyBits: (typeof KEY_SIZES_BITS)[number];
  sectorBytes: (typeof SECTOR_SIZES)[number];
}>;

const SHAPES: readonly Shape[] = KDF_TYPES.flatMap((type) =>
  KEY_SIZES_BITS.flatMap((keyBits) =>
    SECTOR_SIZES.map((sectorBytes) => ({ type, keyBits, sectorBytes })),
  ),
);
const DEFAULT_SHAPE: Shape = { type: 'argon2id', keyBits: 512, sectorBytes: 4096 };

let folder: TemporaryFolder;
let count = 0;

beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder[Symbol.dispose]());

function newFile(): string {
  count += 1;
  const path = join(folder.path, `${count}.img`);
  writeFileSync(path, '');
  truncateSync(path, CONTAINER_BYTES);
  return path;
}

/** Formats a file with our code and returns it with the key that it has. */
async function formatOurs(shape: Shape): Promise<Readonly<{ path: string; volumeKey: Buffer }>> {
  const path = newFile();
  using device = FileDevice.open(path, { isReadOnly: false });
  using passphrase = secretOf(TEST_PASSPHRASE);
  using volume = await formatLuks2(
    device,
    {
      label: 'Reise 2024',
      subsystem: 'lockline',
      sectorBytes: shape.sectorBytes,
      keyBytes: shape.keyBits === 512 ? 64 : 32,
      kdf: CHEAP_KDFS[shape.type],
    },
    passphrase,
  );
  return { path, volumeKey: Buffer.from(volume.volumeKey.bytes.slice()) };
}

async function formatTheirs(
  { type, keyBits, sectorBytes }: Shape,
  extra: readonly string[] = [],
): Promise<string> {
  const path = newFile();
  const kdf =
    type === 'pbkdf2'
      ? ['--pbkdf-force-iterations', '1000']
      : ['--pbkdf-force-iterations', '4', '--pbkdf-memory', '64', '--pbkdf-parallel', '1'];
  const shape = [
    '--type',
    'luks2',
    '--pbkdf',
    type,
    '--key-size',
    String(keyBits),
    '--sector-size',
    String(sectorBytes),
  ];
  await cryptsetupOk(
    ['luksFormat', ...shape, ...kdf, ...extra, '--key-file', '-', path],
    TEST_PASSPHRASE,
  );
  return path;
}

async function unlockOurs(
  path: string,
  passphrase: string,
): Promise<Readonly<{ keyslotId: number; volumeKey: Buffer }>> {
  using device = FileDevice.open(path, { isReadOnly: true });
  using secret = secretOf(passphrase);
  using volume = await unlockLuks2(device, readLuks2(device), secret);
  return { keyslotId: volume.keyslotId, volumeKey: Buffer.from(volume.volumeKey.bytes.slice()) };
}

function openInfo(path: string) {
  using device = FileDevice.open(path, { isReadOnly: true });
  return describeHeader(readLuks2(device), device.sizeBytes);
}

describe.skipIf(!hasCryptsetup)('what Lockline makes, cryptsetup opens', () => {
  it.each(SHAPES)('$type, $keyBits-bit key, $sectorBytes-byte sectors', async (shape) => {
    const { path, volumeKey } = await formatOurs(shape);
    const dump = await cryptsetupOk(['luksDump', path]);
    expect(dump).toMatch(new RegExp(`PBKDF:\\s+${shape.type}\\n`));
    expect(dump).toMatch(new RegExp(`Key:\\s+${shape.keyBits} bits`));
    expect(dump).toMatch(new RegExp(`sector: ${shape.sectorBytes} \\[bytes\\]`));
    expect(dump).toMatch(/Label:\s+Reise 2024\n/);
    expect(dump).toMatch(/cipher: aes-xts-plain64/);
    const open = ['open', '--test-passphrase', '--key-file', '-', path];
    expect((await cryptsetup(open, TEST_PASSPHRASE)).exitCode).toBe(0);
    expect((await cryptsetup(open, 'wrong')).exitCode).toBe(2);
    expect((await dumpVolumeKey(path, TEST_PASSPHRASE)).equals(volumeKey)).toBe(true);
  });

  it('reads an updated and a repaired header as good as new', async () => {
    const { path } = await formatOurs(DEFAULT_SHAPE);
    {
      using device = FileDevice.open(path, { isReadOnly: false });
      updateHeader(device, readLuks2(device), { label: 'Neu' });
      device.writeFrom(0, new Uint8Array(4096));
      repairHeaderCopies(device, readLuks2(device));
    }
    expect(await cryptsetupOk(['luksDump', path])).toMatch(/Epoch:\s+2\n[\s\S]*Label:\s+Neu\n/);
    expect(
      (await cryptsetup(['open', '--test-passphrase', '--key-file', '-', path], TEST_PASSPHRASE))
        .exitCode,
    ).toBe(0);
  });

  it('may change the container, and Lockline follows: more keyslots, label, priority, token, removal', async () => {
    const { path, volumeKey } = await formatOurs(DEFAULT_SHAPE);
    const passphraseFile = join(folder.path, 'second');
    writeFileSync(passphraseFile, 'second one');
    const cheap = ['--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000'];
    await cryptsetupOk(
      ['luksAddKey', ...cheap, '--key-file', '-', path, passphraseFile],
      TEST_PASSPHRASE,
    );
    await cryptsetupOk(['config', path, '--label', 'theirs']);
    await cryptsetupOk(['config', path, '--key-slot', '1', '--priority', 'prefer']);
    await cryptsetupOk(['token', 'add', path, '--key-description', 'some key', '--key-slot', '1']);
    expect(openInfo(path)).toMatchObject({
      label: 'theirs',
      keyslots: [
        { id: 0 },
        { id: 1, priority: 'prefer', kdf: { type: 'pbkdf2', iterations: 1000 } },
      ],
      tokens: [{ id: 0, type: 'luks2-keyring', keyslots: [1] }],
    });
    expect(await unlockOurs(path, 'second one')).toEqual({ keyslotId: 1, volumeKey });
    expect(await unlockOurs(path, TEST_PASSPHRASE)).toEqual({ keyslotId: 0, volumeKey });
    await cryptsetupOk(['luksKillSlot', '--key-file', '-', path, '0'], 'second one');
    await expect(unlockOurs(path, TEST_PASSPHRASE)).rejects.toMatchObject({
      code: 'passphrase-wrong',
    });
  });
});

describe.skipIf(!hasCryptsetup)('what cryptsetup makes, Lockline opens', () => {
  it.each(SHAPES)('$type, $keyBits-bit key, $sectorBytes-byte sectors', async (shape) => {
    const path = await formatTheirs(shape);
    const { keyslotId, volumeKey } = await unlockOurs(path, TEST_PASSPHRASE);
    expect(keyslotId).toBe(0);
    expect(volumeKey.equals(await dumpVolumeKey(path, TEST_PASSPHRASE))).toBe(true);
    await expect(unlockOurs(path, 'wrong')).rejects.toMatchObject({ code: 'passphrase-wrong' });
    expect(openInfo(path)).toMatchObject({
      keyslots: [{ id: 0, keyBytes: shape.keyBits / 8, kdf: { type: shape.type } }],
      segments: [
        { sectorBytes: shape.sectorBytes, offsetBytes: 16 * MIB, encryption: 'aes-xts-plain64' },
      ],
    });
  });

  it.each([
    ['metadata of 64 KiB', ['--luks2-metadata-size', '64k']],
    ['metadata of 4 MiB', ['--luks2-metadata-size', '4m', '--luks2-keyslots-size', '2m']],
    ['hash sha1', ['--hash', 'sha1']],
    ['hash sha512', ['--hash', 'sha512']],
    [
      'key area in aes-cbc-essiv',
      ['--keyslot-cipher', 'aes-cbc-essiv:sha256', '--keyslot-key-size', '256'],
    ],
    [
      'key area in aes-cbc-plain64',
      ['--keyslot-cipher', 'aes-cbc-plain64', '--keyslot-key-size', '128'],
    ],
  ])('%s', async (_name, extra) => {
    const path = await formatTheirs({ ...DEFAULT_SHAPE, type: 'pbkdf2' }, extra);
    const { volumeKey } = await unlockOurs(path, TEST_PASSPHRASE);
    expect(volumeKey.equals(await dumpVolumeKey(path, TEST_PASSPHRASE))).toBe(true);
  });

  it('and encodes its metadata back byte for byte', async () => {
    const path = await formatTheirs(DEFAULT_SHAPE, ['--label', 'x', '--subsystem', 'y']);
    using device = FileDevice.open(path, { isReadOnly: false });
    const before = readLuks2(device).header.copyBytes.subarray(4096);
    const after = updateHeader(device, readLuks2(device), { label: 'z' }).header.copyBytes.subarray(
      4096,
    );
    expect(Buffer.from(after).equals(before)).toBe(true);
  });

  it.each([
    ['aes-cbc-essiv:sha256', []],
    ['aes-cbc-essiv:sha256', ['--keyslot-cipher', 'aes-xts-plain64', '--keyslot-key-size', '512']],
    ['aes-cbc-plain64', []],
    ['aes-xts-plain', []],
  ] as const)('a volume in %s, key areas %j', async (cipher, areas) => {
    const path = await formatCipher(cipher, areas);
    expect(openInfo(path)).toMatchObject({ segments: [{ encryption: cipher }] });
    const { volumeKey } = await unlockOurs(path, TEST_PASSPHRASE);
    expect(volumeKey.equals(await dumpVolumeKey(path, TEST_PASSPHRASE))).toBe(true);
  });

  it('but a weak cipher that the key areas do not have is listed and not served', async () => {
    const areas = ['--keyslot-cipher', 'aes-xts-plain64', '--keyslot-key-size', '512'];
    const path = await formatCipher('aes-cbc-plain64', areas);
    expect(openInfo(path)).toMatchObject({ segments: [{ encryption: 'aes-cbc-plain64' }] });
    await expect(unlockOurs(path, TEST_PASSPHRASE)).rejects.toMatchObject({
      code: 'cipher-unsupported',
    });
  });

  async function formatCipher(cipher: string, areas: readonly string[]): Promise<string> {
    const path = newFile();
    const shape = ['--type', 'luks2', '--cipher', cipher, '--key-size', '256', ...areas];
    const kdf = ['--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000'];
    await cryptsetupOk(['luksFormat', ...shape, ...kdf, '--key-file', '-', path], TEST_PASSPHRASE);
    return path;
  }
});
