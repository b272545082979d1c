import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHEAP_KDF, createLockline } from '../support/run-lockline.ts';

/** Each bad input with the exit code and error code that it must give, at once and on stderr. */
describe('lockline, given bad input', () => {
  it('answers each with its code, prints nothing on standard output and changes nothing', async () => {
    await using lockline = createLockline();
    const passphraseFile = lockline.passphraseFile('right');
    const wrongFile = lockline.passphraseFile('wrong');
    const vault = lockline.folder.file('vault');
    const right = ['--passphrase-file', passphraseFile];
    await lockline.json(['create', vault, '--size', '32M', ...CHEAP_KDF, ...right]);
    const text = lockline.folder.file('text');
    writeFileSync(text, 'no container at all, but long enough to be looked at '.repeat(400));
    const empty = lockline.folder.file('empty');
    writeFileSync(empty, '');
    const zeros = lockline.folder.file('zeros');
    writeFileSync(zeros, '');
    truncateSync(zeros, 1 << 20);
    const cut = lockline.folder.file('cut');
    execFileSync('cp', [vault, cut]);
    truncateSync(cut, 8 << 20);
    const directory = lockline.folder.file('directory');
    mkdirSync(directory);
    const fifo = lockline.folder.file('fifo');
    execFileSync('mkfifo', [fifo]);
    const before = readFileSync(vault);
    const missing = lockline.folder.file('missing');
    const create = (...more: string[]) => ['create', missing, ...CHEAP_KDF, ...more];

    const cases: readonly (readonly [readonly string[], number, string])[] = [
      [['info', text], 4, 'not-luks'],
      [['info', empty], 4, 'not-luks'],
      [['info', zeros], 4, 'not-luks'],
      [['info', directory], 7, 'not-a-file'],
      [['info', fifo], 7, 'not-a-file'],
      [['info', missing], 7, 'file-missing'],
      [['test', cut, ...right], 4, 'container-truncated'],
      [['mount', text, ...right], 4, 'not-luks'],
      [['mount', text], 4, 'not-luks'],
      [['mount', missing, ...right], 7, 'file-missing'],
      [['mount', vault, missing, ...right], 7, 'there is no such folder'],
      [['test', vault, '--passphrase-file', wrongFile], 3, 'passphrase-wrong'],
      [['mount', vault, '--passphrase-file', wrongFile], 3, 'passphrase-wrong'],
      [['mount', vault, '--passphrase-file', missing], 7, 'keyfile-unreadable'],
      [['mount', vault, '--keyfile', directory], 7, 'keyfile-unreadable'],
      [['mount', vault, '--passphrase-file', empty], 2, 'passphrase-empty'],
      [['mount', vault], 2, 'passphrase-missing'],
      [['test', vault], 2, 'passphrase-missing'],
      [create('--size', '64M'), 2, 'passphrase-missing'],
      [['unmount', vault], 6, 'not-mounted'],
      [['unmount'], 2, 'payload-invalid'],
      [['unmount', vault, '--all'], 2, 'payload-invalid'],
      [create('--size', 'much', ...right), 2, 'size-invalid'],
      [create('--size', '31M', ...right), 2, 'size-invalid'],
      [create('--size', '-5', ...right), 2, 'size-invalid'],
      [create('--size', '64M', '--sector-size', '600', ...right), 2, 'payload-invalid'],
      [create('--size', '64M', '--key-size', '128', ...right), 2, 'payload-invalid'],
      [create('--size', '64M', '--iter-time', 'x', ...right), 2, 'payload-invalid'],
      [create('--size', '64M', '--iter-time', '1', ...right), 2, '--iter-time, allowed: 100 to'],
      [create('--size', '64M', '--label', 'x'.repeat(48), ...right), 2, '--label, allowed: up to'],
      [['tune', vault, '--read-engine', 'fast'], 2, '--read-engine, allowed: inline, threaded'],
      [['tune', vault, '--threads', '17'], 2, '--threads, allowed: 1 to 16 or default'],
      [['nbd', vault, '--port', '0', ...right], 2, '--port, allowed: 1 to 65535'],
      [['create', vault, '--size', '64M', ...CHEAP_KDF, ...right], 7, 'file-exists'],
      [['create', `${missing}/x`, '--size', '64M', ...CHEAP_KDF, ...right], 7, 'file-missing'],
      [['create', missing, '--size', '60T', '--allocate', ...CHEAP_KDF, ...right], 7, 'no-space'],
      [['create', missing, '--size', '64M', '--fs', 'ntfs', ...right], 2, ''],
      [['nonsense'], 2, ''],
      [['info'], 2, ''],
    ];
    for (const [args, code, errorCode] of cases) {
      const outcome = await lockline.run(args);
      expect({ args, code: outcome.code, stdout: outcome.stdout }).toEqual({
        args,
        code,
        stdout: '',
      });
      expect(outcome.stderr).toContain(errorCode);
      expect(outcome.stderr).not.toContain('    at ');
    }
    expect(readFileSync(vault).equals(before)).toBe(true);
  }, 180_000);

  it('prints an error as one JSON document with --json', async () => {
    await using lockline = createLockline();
    const { code, stdout, stderr } = await lockline.run(['info', '/dev/zero', '--json']);
    expect({ code, stdout }).toEqual({ code: 7, stdout: '' });
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'not-a-file' } });
  });

  it('takes a passphrase from standard input and from a descriptor, without its newline', async () => {
    await using lockline = createLockline();
    const vault = lockline.folder.file('vault');
    const create = ['create', vault, '--size', '32M', ...CHEAP_KDF, '--passphrase-file', '-'];
    await lockline.json(create, { stdin: 'from standard input\n' });
    await lockline.json(['test', vault, '--passphrase-file', '/dev/fd/0'], {
      stdin: 'from standard input',
    });
    const wrong = await lockline.run(['test', vault, '--passphrase-file', '-'], {
      stdin: 'from standard input \n',
    });
    expect(wrong.code).toBe(3);
  });

  // Root may write whatever it may read: the refusal is seen by an ordinary user only.
  it.skipIf(process.getuid?.() !== 0)('refuses to write what may only be read', async () => {
    await using lockline = createLockline();
    const right = ['--passphrase-file', lockline.passphraseFile('right')];
    const vault = lockline.folder.file('vault');
    await lockline.json(['create', vault, '--size', '32M', ...CHEAP_KDF, ...right]);
    chmodSync(vault, 0o444);
    chmodSync(lockline.folder.path, 0o755);
    const owned = [lockline.folder.file('run'), lockline.folder.file('data')];
    execFileSync('chown', ['-R', '65534', ...owned]);
    const user = { uid: 65534, gid: 65534 };
    expect((await lockline.run(['info', vault], user)).code).toBe(0);
    expect((await lockline.run(['test', vault, ...right], user)).code).toBe(0);
    const refused = await lockline.run(['mount', vault, ...right], user);
    expect(refused.code).toBe(7);
    expect(refused.stderr).toContain('permission-denied');
    execFileSync('chown', ['-R', '0', ...owned]);
  });

  it('ends quietly when nobody reads its output any more', async () => {
    await using lockline = createLockline();
    const child = lockline.start(['bench', '--help']);
    child.stdout.destroy();
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      complaints += chunk;
    });
    const [code] = (await once(child, 'close')) as [number | null];
    expect({ code, complaints }).toEqual({ code: 141, complaints: '' });
  });
});
