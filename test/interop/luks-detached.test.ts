import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIB } from '../../shared/units.ts';
import { cryptsetup, cryptsetupOk, dumpVolumeKey } from '../support/cryptsetup.ts';
import { decryptIndependently } from '../support/independent-volume.ts';
import { TEST_PASSPHRASE } from '../support/luks-fixtures.ts';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline, type Lockline } from '../support/run-lockline.ts';
import { seededRandom } from '../support/seeded-random.ts';

const hasCryptsetup = requireTool('cryptsetup', 'cryptsetup-bin');
const DATA_BYTES = 40 * MIB;

describe.skipIf(!hasCryptsetup)('a detached header', () => {
  let lockline: Lockline;
  let secret: readonly string[];
  let count = 0;
  beforeAll(() => {
    lockline = createLockline();
    secret = ['--passphrase-file', lockline.passphraseFile(TEST_PASSPHRASE)];
  });
  afterAll(() => lockline[Symbol.asyncDispose]());

  function newPaths(): Readonly<{ data: string; header: string }> {
    count += 1;
    return {
      data: lockline.folder.file(`data-${count}`),
      header: lockline.folder.file(`header-${count}`),
    };
  }

  it('is created, mounted, and read by cryptsetup; the data hold nothing else', async () => {
    const { data, header } = newPaths();
    const detached = ['--header', header];
    await lockline.json(['create', data, '--size', '40M', ...detached, ...CHEAP_KDF, ...secret]);
    expect(statSync(header).size).toBe(16 * MIB);
    expect(statSync(data).size).toBe(DATA_BYTES);
    const open = ['open', '--test-passphrase', ...detached, '--key-file', '-', data];
    expect((await cryptsetup(open, TEST_PASSPHRASE)).exitCode).toBe(0);
    expect(await cryptsetupOk(['luksDump', header])).toMatch(/offset: 0 \[bytes\]/);
    const without = await lockline.run(['info', data]);
    expect(without.stderr).toMatch(/not a LUKS container/);
    expect(await lockline.json(['info', data, ...detached])).toMatchObject({
      containerBytes: DATA_BYTES,
      segments: [{ offsetBytes: 0 }],
    });
    expect(await lockline.json(['test', data, ...detached, ...secret])).toMatchObject({
      keyslotId: 0,
    });
    const mounted = await lockline.json(['mount', data, ...detached, ...secret]);
    const content = seededRandom(1).bytes(MIB);
    writeFileSync(`${String(mounted['mountPoint'])}/file.bin`, content);
    expect((await lockline.run(['unmount', data])).code).toBe(0);
    const key = await dumpVolumeKey(header, TEST_PASSPHRASE);
    const plain = decryptIndependently(data, { key, offsetBytes: 0, sectorBytes: 4096 });
    expect(plain.includes(Buffer.from(content))).toBe(true);
    // A vault that was opened once is known with its header.
    const again = await lockline.json(['mount', data, ...secret]);
    expect(readFileSync(`${String(again['mountPoint'])}/file.bin`).equals(content)).toBe(true);
    expect((await lockline.run(['unmount', data])).code).toBe(0);
  });

  it('alone, taken for the container, is refused in words', async () => {
    const { data, header } = newPaths();
    const create = ['create', data, '--size', '40M', '--header', header, ...CHEAP_KDF, ...secret];
    await lockline.json(create);
    const { code, stderr } = await lockline.run(['mount', header, ...secret, '--json']);
    expect(code).toBe(5);
    expect(JSON.parse(stderr).error.code).toBe('header-detached');
    const twice = await lockline.run([...create, '--json']);
    expect(JSON.parse(twice.stderr).error.code).toBe('file-exists');
  });

  it.each([
    ['luks1', ['--pbkdf-force-iterations', '1000']],
    ['luks2', ['--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000']],
  ])('that cryptsetup made, %s, opens', async (type, cheap) => {
    const { data, header } = newPaths();
    writeFileSync(data, '');
    truncateSync(data, DATA_BYTES);
    const format = ['luksFormat', '--type', type, ...cheap, '--header', header, '--key-file', '-'];
    await cryptsetupOk([...format, data], TEST_PASSPHRASE);
    const detached = ['--header', header];
    expect(await lockline.json(['info', data, ...detached])).toMatchObject({ format: type });
    const mounted = await lockline.json(['mount', data, ...detached, ...secret]);
    const folder = String(mounted['mountPoint']);
    expect(mounted['isReadOnly']).toBe(false);
    expect(statSync(`${folder}/volume`).size).toBe(DATA_BYTES);
    expect((await lockline.run(['unmount', data])).code).toBe(0);
  });
});
