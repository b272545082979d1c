import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KERNEL_FLAG_NAMES, KERNEL_FLAGS } from '../../shared/model/dmcrypt.ts';
import { cryptsetupOk } from '../support/cryptsetup.ts';
import { LIBRARY_FLAG_BITS, persistentFlagBits } from '../support/libcryptsetup.ts';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline, type Lockline } from '../support/run-lockline.ts';

const PASSPHRASE = 'correct horse';
const TIMEOUT_MS = 120_000;

describe.skipIf(!requireTool('cryptsetup', 'cryptsetup-bin'))('lockline dmcrypt flags', () => {
  let lockline: Lockline;
  let path: string;

  beforeAll(async () => {
    lockline = createLockline();
    path = lockline.folder.file('vault.luks');
    const passphrase = lockline.passphraseFile(PASSPHRASE);
    await lockline.json([
      ...['create', path, '--size', '32M', '--passphrase-file', passphrase],
      ...CHEAP_KDF,
    ]);
  }, TIMEOUT_MS);
  afterAll(async () => lockline[Symbol.asyncDispose]());

  const flags = (...args: string[]) => lockline.json(['dmcrypt', 'flags', path, ...args]);
  const dumpedFlags = async () => {
    const dump = await cryptsetupOk(['luksDump', path]);
    return /^Flags:\s+(.*?)\s*$/m.exec(dump)?.[1] ?? '';
  };

  it(
    'writes what cryptsetup reads, in its spelling, and adds and removes',
    async () => {
      expect(await dumpedFlags()).toBe('(no flags)');
      expect(
        await flags('--set', 'no-read-workqueue,no_write_workqueue,high_priority'),
      ).toMatchObject({
        flags: ['no_read_workqueue', 'no_write_workqueue', 'high_priority'],
      });
      expect(await dumpedFlags()).toBe('no-read-workqueue no-write-workqueue high_priority');
      await flags('--remove', 'high_priority,no_read_workqueue', '--add', 'allow_discards');
      expect(await dumpedFlags()).toBe('no-write-workqueue allow-discards');
      await cryptsetupOk(['open', '--test-passphrase', '--key-file', '-', path], PASSPHRASE);
      await flags('--set', 'none');
      expect(await dumpedFlags()).toBe('(no flags)');
    },
    TIMEOUT_MS,
  );

  it(
    'sets for libcryptsetup exactly the bit of each flag, and reads what libcryptsetup set',
    async () => {
      for (const [name, bit] of Object.entries(LIBRARY_FLAG_BITS)) {
        await flags('--set', name);
        expect(persistentFlagBits(path), name).toBe(bit);
      }
      const every = Object.values(LIBRARY_FLAG_BITS).reduce((sum, bit) => sum | bit, 0);
      persistentFlagBits(path, every);
      expect(await flags()).toMatchObject({
        flags: KERNEL_FLAG_NAMES.filter((name) => Object.hasOwn(LIBRARY_FLAG_BITS, name)),
        others: [],
      });
      persistentFlagBits(path, 0);
      expect(await flags()).toMatchObject({ flags: [], others: [] });
    },
    TIMEOUT_MS,
  );

  it('spells every flag that this libcryptsetup knows as it does', () => {
    const library = readFileSync(libraryPath(), 'latin1');
    const known = KERNEL_FLAG_NAMES.filter((name) => name !== 'high_priority'); // since 2.8
    for (const name of known) expect(library).toContain(`\0${KERNEL_FLAGS[name].headerName}\0`);
  });

  it(
    'changes the header of a vault that is mounted, and nothing on a look',
    async () => {
      const passphrase = lockline.passphraseFile(PASSPHRASE);
      await lockline.json(['mount', path, '--passphrase-file', passphrase]);
      await flags('--set', 'same_cpu_crypt');
      const before = readFileSync(path).subarray(0, 65_536);
      await flags();
      await flags('--set', 'same_cpu_crypt');
      expect(readFileSync(path).subarray(0, 65_536).equals(before)).toBe(true);
      await lockline.json(['unmount', path]);
      await lockline.json(['test', path, '--passphrase-file', passphrase]);
      expect(await dumpedFlags()).toBe('same-cpu-crypt');
    },
    TIMEOUT_MS,
  );

  it.each([
    [['--set', 'force_inline']],
    [['--add', '']],
    [['--remove', 'no_read_workqueue,']],
    [['--set', 'none', '--add', 'allow_discards']],
  ])(
    'refuses %j',
    async (args) => {
      const outcome = await lockline.run(['dmcrypt', 'flags', path, ...args, '--json']);
      expect(outcome.code).toBe(2);
      expect(JSON.parse(outcome.stderr)).toMatchObject({ error: { code: 'payload-invalid' } });
    },
    TIMEOUT_MS,
  );
});

/** The library file that this process has loaded. */
function libraryPath(): string {
  const line = /\S*\/libcryptsetup\.so\.12\S*/.exec(readFileSync('/proc/self/maps', 'utf8'));
  if (line === null) throw new Error('libcryptsetup is not loaded');
  return line[0];
}
