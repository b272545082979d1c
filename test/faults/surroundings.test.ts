import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline, type Lockline } from '../support/run-lockline.ts';

const hasTools = requireTool('fusermount3', 'fuse3') && requireTool('cryptsetup', 'cryptsetup-bin');
const isRoot = process.getuid?.() === 0;
const ENTRY = fileURLToPath(new URL('../../main/cli/lockline.ts', import.meta.url));
const PASSPHRASE = 'correct horse battery staple';

const secret = (lockline: Lockline) => ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];

async function createVault(lockline: Lockline, file = lockline.folder.file('vault')) {
  await lockline.json(['create', file, '--size', '48M', ...CHEAP_KDF, ...secret(lockline)]);
  return file;
}

async function mount(lockline: Lockline, file: string, ...more: string[]) {
  const mounted = await lockline.json(['mount', file, ...more, ...secret(lockline)]);
  return { mountPoint: String(mounted['mountPoint']), processId: Number(mounted['processId']) };
}

/** Runs a command line in a shell, as the user of a {@link Lockline}. */
function shell(lockline: Lockline, script: string, ...args: string[]): string {
  return execFileSync('sh', ['-c', `{ ${script}; } 2>&1`, 'sh', process.execPath, ENTRY, ...args], {
    env: lockline.environment,
    encoding: 'utf8',
    timeout: 30_000,
  });
}

describe.skipIf(!hasTools)('surroundings', () => {
  it.skipIf(!isRoot)(
    'a /proc that hides processes does not make a mounted vault look dead',
    async () => {
      await using lockline = createLockline();
      execFileSync('chown', ['-R', '65534:65534', lockline.folder.path]);
      const user = { uid: 65534, gid: 65534 };
      const file = lockline.folder.file('vault');
      const passphrase = secret(lockline);
      await lockline.json(['create', file, '--size', '48M', ...CHEAP_KDF, ...passphrase], user);
      const { mountPoint } = await lockline.json(['mount', file, ...passphrase], user);
      try {
        const hidden =
          'mount -t proc -o hidepid=2 proc /proc && exec setpriv --reuid 65534 --regid 65534 --clear-groups';
        const listed = execFileSync(
          'unshare',
          ['-m', 'sh', '-c', `${hidden} ${process.execPath} ${ENTRY} list --json`],
          { env: lockline.environment, encoding: 'utf8' },
        );
        expect(JSON.parse(listed)).toMatchObject({ vaults: [{ state: 'mounted', mountPoint }] });
      } finally {
        await lockline.run(['unmount', '--all', '--force'], user);
      }
    },
  );

  it('too few descriptors end in an error, never in silence', async () => {
    await using lockline = createLockline();
    const file = await createVault(lockline);
    for (const limit of [26, 29, 32]) {
      const text = shell(
        lockline,
        `ulimit -n ${limit}; "$@" --json; echo "exit $?"`,
        'test',
        file,
        ...secret(lockline),
      );
      expect(text).toMatch(/"code":"|"keyslotId": 0/);
      expect(text).not.toContain('unsettled');
    }
  });

  it('names cannot speak to the terminal', async () => {
    await using lockline = createLockline();
    const file = lockline.folder.file('a\x1b]0;title\x07\x9b31m\nlocked  b');
    await createVault(lockline, file);
    const outputs = [
      await lockline.run(['info', file]),
      await lockline.run(['list']),
      await lockline.run(['info', `${file}-missing`]),
      await lockline.run(['list', '--json']),
    ];
    for (const { stdout, stderr } of outputs) {
      expect((stdout + stderr).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    }
    expect(outputs[1]?.stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(JSON.parse(outputs[3]?.stdout ?? '')).toMatchObject({ vaults: [{ path: file }] });
  });

  it('a vault made through a link to its folder is one entry of the list', async () => {
    await using lockline = createLockline();
    mkdirSync(lockline.folder.file('real'));
    symlinkSync('real', lockline.folder.file('link'));
    const file = await createVault(lockline, lockline.folder.file('link/vault'));
    await mount(lockline, file);
    const { vaults } = await lockline.json(['list']);
    expect(vaults).toHaveLength(1);
  });

  it.skipIf(!isRoot)(
    'a full runtime folder is told as such, and nothing stays mounted',
    async () => {
      await using lockline = createLockline();
      const file = await createVault(lockline);
      const run = lockline.folder.file('run');
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=700', 'tmpfs', run]);
      try {
        mkdirSync(`${run}/lockline/sessions`, { recursive: true, mode: 0o700 });
        mkdirSync(`${run}/lockline/mounts`, { mode: 0o700 });
        execFileSync('sh', ['-c', `head -c 200k /dev/zero > ${run}/fill || true`], {
          stdio: 'ignore',
        });
        const full = await lockline.run(['mount', file, ...secret(lockline)]);
        expect(full.code).toBe(7);
        expect(full.stderr).toContain('no-space');
        expect(readdirSync(`${run}/lockline/sessions`)).toEqual([]);
        expect(readdirSync(`${run}/lockline/mounts`)).toEqual([]);
      } finally {
        execFileSync('umount', [run]);
      }
    },
  );

  it('a container that was replaced under its name while open can be locked by that name', async () => {
    await using lockline = createLockline();
    const file = await createVault(lockline);
    copyFileSync(file, `${file}.copy`);
    const { mountPoint } = await mount(lockline, file);
    writeFileSync(`${mountPoint}/file`, 'x');
    renameSync(`${file}.copy`, file);
    expect((await lockline.run(['unmount', file])).code).toBe(0);
    expect(existsSync(mountPoint)).toBe(false);
  });

  it('a container that was cut short while open gives errors, and can be locked by force', async () => {
    await using lockline = createLockline();
    const file = await createVault(lockline);
    const first = await mount(lockline, file);
    writeFileSync(`${first.mountPoint}/big`, Buffer.alloc(8 << 20, 1));
    await lockline.json(['unmount', file]);
    const { mountPoint } = await mount(lockline, file);
    truncateSync(file, 17 << 20);
    expect(() => readFileSync(`${mountPoint}/big`)).toThrow('EIO');
    expect(existsSync(mountPoint)).toBe(true);
    expect((await lockline.run(['unmount', file, '--force'])).code).toBe(0);
    expect(existsSync(mountPoint)).toBe(false);
  });

  it('a keyslot that cryptsetup adds to a mounted vault stays', async () => {
    await using lockline = createLockline();
    const file = await createVault(lockline);
    const { mountPoint } = await mount(lockline, file);
    const added = lockline.passphraseFile('second');
    const old = lockline.passphraseFile(PASSPHRASE);
    execFileSync(
      'cryptsetup',
      [
        'luksAddKey',
        '-q',
        '--pbkdf',
        'pbkdf2',
        '--pbkdf-force-iterations',
        '1000',
        '--key-file',
        old,
        file,
        added,
      ],
      { timeout: 20_000 },
    );
    writeFileSync(`${mountPoint}/file`, 'x');
    await lockline.json(['unmount', file]);
    expect(await lockline.json(['test', file, '--passphrase-file', added])).toMatchObject({
      keyslotId: 1,
    });
    await mount(lockline, file);
  });

  it('an interrupt at any moment of a mount leaves a mounted vault or nothing', async () => {
    await using lockline = createLockline();
    const file = await createVault(lockline);
    for (let waitMs = 100; waitMs <= 700; waitMs += 50) {
      const child = lockline.start(['mount', file, ...secret(lockline)]);
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      await sleep(waitMs);
      child.kill('SIGINT');
      const code = await ended;
      const mounts = readFileSync('/proc/self/mountinfo', 'utf8').includes(lockline.folder.path);
      expect({ waitMs, mounts }).toEqual({ waitMs, mounts: code === 0 });
      const folder = lockline.folder.file('run/lockline/mounts');
      expect(existsSync(folder) ? readdirSync(folder) : []).toHaveLength(mounts ? 1 : 0);
      if (mounts) await lockline.json(['unmount', file]);
    }
  });

  it.skipIf(!isRoot)(
    'a partial file that another user planted does not stand in the way',
    async () => {
      await using lockline = createLockline();
      const folder = lockline.folder.file('shared');
      mkdirSync(folder);
      chmodSync(folder, 0o1777);
      const planted = `${folder}/.lockline-0123456789abcdef.partial`;
      writeFileSync(planted, '');
      chmodSync(planted, 0o666);
      chmodSync(lockline.folder.path, 0o755);
      execFileSync('chown', ['-R', '65534:65534', lockline.folder.file('run')]);
      mkdirSync(lockline.folder.file('data'));
      chmodSync(lockline.folder.file('data'), 0o777);
      const made = await lockline.run(
        ['create', `${folder}/vault`, '--size', '48M', ...CHEAP_KDF, ...secret(lockline)],
        { uid: 65534, gid: 65534 },
      );
      expect(made).toMatchObject({ code: 0 });
    },
  );
});
