import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileDevice } from '../../main/block/file-device.ts';
import { describeContainer, readContainer } from '../../main/luks/container.ts';
import { headerRegionBytes, readHeaderRegion } from '../../main/luks/keys/restore-header.ts';
import { addKey } from '../../main/luks/keys/store-key.ts';
import { readLuks2 } from '../../main/luks/read-luks2.ts';
import { KIB, MIB } from '../../shared/units.ts';
import { cryptsetup, cryptsetupOk } from '../support/cryptsetup.ts';
import { secretOf, TEST_PASSPHRASE } from '../support/luks-fixtures.ts';
import { parseLuks2Dump } from '../support/parse-luks-dump.ts';
import { requireTool } from '../support/require-tool.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const hasCryptsetup = requireTool('cryptsetup', 'cryptsetup-bin');
const CONTAINER_BYTES = 24 * MIB;
const ITERATIONS = ['--pbkdf-force-iterations', '1000'];
const ARGON2 = ['--pbkdf-force-iterations', '4', '--pbkdf-memory', '64', '--pbkdf-parallel', '1'];
const COST = { type: 'pbkdf2', hash: 'sha256', iterations: 1000 } as const;
const LABEL = { name: 'ours', createdAt: '2026-01-01T00:00:00.000Z', kind: 'passphrase' } as const;
const ADDED = 'added by Lockline';

/** Every metadata size with some KDF and sector size, and every KDF with every sector size. */
const SHAPES = [
  ...[16, 32, 64, 128, 256, 512, 1024, 2048, 4096].map((metadataKib, index) => ({
    metadataKib,
    kdf: (['pbkdf2', 'argon2i', 'argon2id'] as const)[index % 3] ?? 'pbkdf2',
    sectorBytes: [512, 1024, 2048, 4096][index % 4] ?? 512,
    cipher: index % 2 === 0 ? 'aes-xts-plain64' : 'aes-cbc-essiv:sha256',
  })),
  ...(['pbkdf2', 'argon2i', 'argon2id'] as const).flatMap((kdf) =>
    [512, 1024, 2048, 4096].map((sectorBytes) => ({
      ...{ metadataKib: 16, kdf, sectorBytes, cipher: 'aes-xts-plain64' },
    })),
  ),
];

describe.skipIf(!hasCryptsetup)('luksDump and info agree field by field', () => {
  let folder: TemporaryFolder;
  let count = 0;
  beforeAll(() => {
    folder = temporaryFolder();
  });
  afterAll(() => folder[Symbol.dispose]());

  it.each(SHAPES)(
    '$metadataKib KiB, $kdf, $sectorBytes-byte sectors, $cipher; keys and backups go both ways',
    async (shape) => {
      count += 1;
      const path = folder.file(`${count}.img`);
      writeFileSync(path, '');
      truncateSync(path, CONTAINER_BYTES);
      const kdf = ['--pbkdf', shape.kdf, ...(shape.kdf === 'pbkdf2' ? ITERATIONS : ARGON2)];
      const areas = [
        '--luks2-metadata-size',
        `${shape.metadataKib}k`,
        '--luks2-keyslots-size',
        '2m',
      ];
      const sectors = ['--sector-size', String(shape.sectorBytes), '--cipher', shape.cipher];
      const texts = ['--label', 'Reise', '--subsystem', 'tests', '--key-size', '256'];
      const format = ['luksFormat', '--type', 'luks2', ...kdf, ...areas, ...sectors, ...texts];
      await cryptsetupOk([...format, '--key-file', '-', path], TEST_PASSPHRASE);
      const unbound = folder.file('unbound');
      writeFileSync(unbound, 'unbound');
      const add = [
        'luksAddKey',
        '--unbound',
        '--key-size',
        '128',
        '--pbkdf',
        'pbkdf2',
        ...ITERATIONS,
      ];
      await cryptsetupOk([...add, '--key-file', unbound, path, unbound]);
      await cryptsetupOk(['token', 'import', path], '{"type":"other","keyslots":["0"]}');
      await cryptsetupOk(['config', path, '--priority', 'prefer', '--key-slot', '0']);
      await assertSame(path);

      await addOurs(path);
      await assertSame(path);
      const open = ['open', '--test-passphrase', '--key-file', '-', path];
      expect((await cryptsetup(open, ADDED)).exitCode).toBe(0);
      const backup = folder.file(`${count}.bak`);
      await cryptsetupOk(['luksHeaderBackup', path, '--header-backup-file', backup]);
      expect(readFileSync(backup).equals(regionOf(path))).toBe(true);
    },
    120_000,
  );

  /** What `lockline info --json` prints, but for what luksDump does not say. */
  async function assertSame(path: string): Promise<void> {
    using device = FileDevice.open(path, { isReadOnly: true });
    const container = readContainer(device);
    const dump = parseLuks2Dump(await cryptsetupOk(['luksDump', path]));
    expect(dump.headerBytes).toBeGreaterThanOrEqual(16 * KIB);
    expect(describeContainer(container, device.sizeBytes)).toMatchObject(dump);
  }

  async function addOurs(path: string): Promise<void> {
    using device = FileDevice.open(path, { isReadOnly: false });
    using existing = secretOf(TEST_PASSPHRASE);
    using passphrase = secretOf(ADDED);
    const added = { passphrase, cost: COST, label: LABEL };
    await addKey(device, readLuks2(device), { existing, added });
  }

  function regionOf(path: string): Buffer {
    using device = FileDevice.open(path, { isReadOnly: true });
    const loaded = readLuks2(device);
    expect(headerRegionBytes(loaded)).toBeGreaterThan(0);
    return Buffer.from(readHeaderRegion(device, loaded));
  }
});
