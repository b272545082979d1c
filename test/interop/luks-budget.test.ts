import { copyFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIB } from '../../shared/units.ts';
import { cryptsetupOk } from '../support/cryptsetup.ts';
import { TEST_PASSPHRASE } from '../support/luks-fixtures.ts';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline, type Lockline } from '../support/run-lockline.ts';

const hasCryptsetup = requireTool('cryptsetup', 'cryptsetup-bin');
/** Where the iterations of keyslot 0 lie in a LUKS1 header. */
const ITERATIONS_OFFSET = 212;
const LONG_ITERATIONS = 45_000_000;

describe.skipIf(!hasCryptsetup)('before a passphrase or a cost is paid', () => {
  let lockline: Lockline;
  let secret: readonly string[];
  beforeAll(() => {
    lockline = createLockline();
    secret = ['--passphrase-file', lockline.passphraseFile(TEST_PASSPHRASE)];
  });
  afterAll(() => lockline[Symbol.asyncDispose]());

  async function formatLuks1(name: string, cipher: string): Promise<string> {
    const path = lockline.folder.file(name);
    writeFileSync(path, '');
    truncateSync(path, 8 * MIB);
    const shape = ['--type', 'luks1', '--cipher', cipher, '--key-size', '256'];
    const cheap = ['--pbkdf-force-iterations', '1000', '--key-file', '-'];
    await cryptsetupOk(['luksFormat', ...shape, ...cheap, path], TEST_PASSPHRASE);
    return path;
  }

  it('a derivation of more than 30 s is refused at once, with how long; accepted, it runs', async () => {
    const path = await formatLuks1('long.img', 'aes-xts-plain64');
    const patch = Buffer.alloc(4);
    patch.writeUInt32BE(LONG_ITERATIONS * 40);
    const { openSync, writeSync, closeSync } = await import('node:fs');
    const fd = openSync(path, 'r+');
    writeSync(fd, patch, 0, 4, ITERATIONS_OFFSET);
    closeSync(fd);
    const startMs = performance.now();
    const refused = await lockline.run(['test', path, ...secret, '--json']);
    expect(refused.code).toBe(5);
    expect(JSON.parse(refused.stderr).error).toMatchObject({
      code: 'kdf-cost-excessive',
      data: { canAccept: true },
    });
    expect(performance.now() - startMs).toBeLessThan(20_000);
    const child = lockline.start(['test', path, ...secret, '--accept-cost']);
    child.stdin.end();
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect(child.exitCode).toBeNull();
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    child.kill('SIGINT');
    expect(await ended).toBe(1);
  });

  it('a known vault whose header is another one is told; one that is the same is not', async () => {
    const path = lockline.folder.file('vault.img');
    await lockline.json(['create', path, '--size', '32M', ...CHEAP_KDF, ...secret]);
    const first = await lockline.run(['test', path, ...secret]);
    expect(first.stderr).toBe('');
    rmSync(path);
    copyFileSync(await formatLuks1('other.img', 'aes-cbc-essiv:sha256'), path);
    // Without a way to ask: the warning has come before the passphrase is missing.
    const swapped = await lockline.run(['mount', path]);
    expect(swapped.code).toBe(2);
    expect(swapped.stderr).toMatch(/changed since it was last unlocked here/);
    expect(swapped.stderr).toMatch(/cipher: was aes-xts-plain64, is aes-cbc-essiv:sha256/);
    expect(swapped.stderr).toMatch(/key size in bytes: was 64, is 32/);
    expect(swapped.stderr).toMatch(/UUID: was [0-9a-f-]{36}, is [0-9a-f-]{36}/);
    expect(swapped.stderr).toMatch(/offset of the data in bytes: was 16777216, is 2097152/);
    expect(swapped.stderr.indexOf('changed')).toBeLessThan(swapped.stderr.indexOf('Cannot ask'));
    expect((await lockline.run(['mount', path, ...secret])).code).toBe(0);
    expect((await lockline.run(['unmount', path])).code).toBe(0);
    expect((await lockline.run(['test', path, ...secret])).stderr).toBe('');
  });
});
