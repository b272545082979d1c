import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packSecrets } from '../../main/session/secret-pair.ts';
import type { SessionRequest } from '../../main/session/session-request.ts';
import { MIB } from '../../shared/units.ts';
import { cryptsetup, cryptsetupOk } from '../support/cryptsetup.ts';
import { secretOf } from '../support/luks-fixtures.ts';
import { requireTool } from '../support/require-tool.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { runVaultProcess } from '../support/vault-process.ts';

const hasTools = requireTool('cryptsetup', 'cryptsetup-bin') && requireTool('strace', 'strace');

const FIRST = 'the first key';
const OTHER = 'the other key';
const NEW = 'the new key';
const KDF = { type: 'pbkdf2', forcedIterations: 1000 } as const;
const CHEAP = ['--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000'];
/** Far more than any operation writes. */
const MOST_POINTS = 60;

type Operation = Readonly<{
  request: (path: string) => SessionRequest;
  secret: () => Uint8Array;
  /** Of these one opens at every point. */
  keys: readonly string[];
}>;

const one = (text: string) => () => new TextEncoder().encode(text);
const pair = () => {
  using existing = secretOf(FIRST);
  using added = secretOf(NEW);
  using packed = packSecrets(existing, added);
  return packed.bytes.slice();
};
const add: Operation = {
  request: (path) => ({ verb: 'key-add', path, kdf: KDF, name: '', kind: 'passphrase' }),
  secret: pair,
  keys: [FIRST],
};
const change: Operation = {
  request: (path) => ({ verb: 'key-change', path, kdf: KDF, kind: 'passphrase', keyslotId: null }),
  secret: pair,
  keys: [FIRST, NEW],
};
const kill: Operation = {
  request: (path) => ({ verb: 'key-kill', path, keyslotId: 0, mayBeLast: false }),
  secret: one(OTHER),
  keys: [OTHER],
};
const restore: Operation = {
  request: (path) => ({ verb: 'header-restore', path, source: `${path}.backup` }),
  secret: one(''),
  keys: [FIRST, NEW],
};
const rename: Operation = {
  request: (path) => ({ verb: 'key-name', path, keyslotId: 0, name: 'Office' }),
  secret: one(''),
  keys: [FIRST],
};
const prefer: Operation = {
  request: (path) => ({ verb: 'key-priority', path, keyslotId: 0, priority: 'prefer' }),
  secret: one(''),
  keys: [FIRST],
};

/** `SLOW=1` goes through every operation; a short run through those that write most differently. */
const isSlow = process.env['SLOW'] === '1';
const OPERATIONS: readonly (readonly [string, 'luks1' | 'luks2', Operation])[] = [
  ['changing a key', 'luks2', change],
  ['adding a key', 'luks1', add],
];
const SLOW_OPERATIONS: typeof OPERATIONS = [
  ['adding a key', 'luks2', add],
  ['destroying a key', 'luks2', kill],
  ['restoring a backup', 'luks2', restore],
  ['naming a key', 'luks2', rename],
  ['setting a priority', 'luks2', prefer],
  ['changing a key', 'luks1', change],
  ['destroying a key', 'luks1', kill],
  ['restoring a backup', 'luks1', restore],
];

describe.skipIf(!hasTools)('SIGKILL at every write and sync', () => {
  let folder: TemporaryFolder;
  beforeAll(() => {
    folder = temporaryFolder();
  });
  afterAll(() => folder[Symbol.dispose]());

  it.each(isSlow ? [...OPERATIONS, ...SLOW_OPERATIONS] : OPERATIONS)(
    'while %s of %s leaves keys that cryptsetup opens',
    async (name, type, operation) => {
      const whole = await twoKeys(type);
      const file = folder.file('cut');
      copyFileSync(whole, file);
      // A backup of before: what is restored differs from what is there then.
      await cryptsetupOk(['luksHeaderBackup', file, '--header-backup-file', `${file}.backup`]);
      if (operation === restore) await runWhole(change, whole);
      const data = readFileSync(whole).subarray(-MIB);
      let killed = 0;
      for (const call of ['pwrite64', 'fsync'])
        for (let when = 1; when <= MOST_POINTS; when += 1) {
          copyFileSync(whole, file);
          const strace = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`];
          const { signal } = await runVaultProcess(
            [...strace, '-e', `inject=${call}:signal=KILL:when=${when}`],
            operation.request(file),
            operation.secret(),
          );
          if (signal !== 'SIGKILL') break;
          killed += 1;
          const point = `${name}, ${call} ${when}`;
          expect(await opens(file, OTHER), point).toBe(true);
          const alive = await Promise.all(operation.keys.map((key) => opens(file, key)));
          expect(alive, point).toContain(true);
          expect(readFileSync(file).subarray(-MIB).equals(data), point).toBe(true);
        }
      expect(killed).toBeGreaterThanOrEqual(4);
      console.info(`${name} of ${type}: ${killed} points`);
      for (const path of [whole, file, `${file}.backup`]) rmSync(path);
    },
    600_000,
  );

  async function twoKeys(type: string): Promise<string> {
    const path = folder.file('whole');
    const kdf = type === 'luks1' ? CHEAP.slice(2) : CHEAP;
    writeFileSync(path, '');
    truncateSync(path, 18 * MIB);
    await cryptsetupOk(['luksFormat', '--type', type, ...kdf, '--key-file', '-', path], FIRST);
    const other = folder.file('other');
    writeFileSync(other, OTHER);
    await cryptsetupOk(['luksAddKey', ...kdf, '--key-file', '-', path, other], FIRST);
    return path;
  }

  async function runWhole({ request, secret }: Operation, path: string): Promise<void> {
    const { signal } = await runVaultProcess([], request(path), secret());
    expect(signal).toBe(null);
  }

  async function opens(path: string, passphrase: string): Promise<boolean> {
    const open = ['open', '--test-passphrase', '--key-file', '-', path];
    return (await cryptsetup(open, passphrase)).exitCode === 0;
  }
});
