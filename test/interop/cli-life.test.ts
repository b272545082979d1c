import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline, type Lockline } from '../support/run-lockline.ts';

const hasTools = requireTool('fusermount3', 'fuse3') && requireTool('cryptsetup', 'cryptsetup-bin');

const PASSPHRASE = 'correct horse battery staple';

async function createVault(lockline: Lockline, name = 'vault', size = '64M'): Promise<string> {
  const file = lockline.folder.file(name);
  const passphrase = ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];
  await lockline.json([
    'create',
    file,
    '--size',
    size,
    '--label',
    name,
    ...CHEAP_KDF,
    ...passphrase,
  ]);
  return file;
}

async function mount(lockline: Lockline, file: string, ...more: string[]): Promise<string> {
  const passphrase = ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];
  const mounted = await lockline.json(['mount', file, ...more, ...passphrase]);
  return String(mounted['mountPoint']);
}

describe.skipIf(!hasTools)('lockline', () => {
  it('creates, mounts, keeps what is written, and locks', async () => {
    await using lockline = createLockline();
    const file = await createVault(lockline);
    const mountPoint = await mount(lockline, file);
    writeFileSync(`${mountPoint}/hello.txt`, 'from the other side');
    mkdirSync(`${mountPoint}/folder`);
    const { vaults } = (await lockline.json(['list'])) as { vaults: Record<string, unknown>[] };
    expect(vaults).toMatchObject([
      {
        state: 'mounted',
        mountPoint,
        filesystem: 'ext4',
        engine: { read: 'auto', write: 'auto' },
      },
    ]);
    expect(vaults[0]?.['traffic']).toMatchObject({ writtenBytes: 19 });
    await lockline.json(['unmount', file]);
    expect(existsSync(mountPoint)).toBe(false);

    const again = await mount(lockline, file, '--read-only');
    expect(readFileSync(`${again}/hello.txt`, 'utf8')).toBe('from the other side');
    expect(readdirSync(again).sort()).toEqual(['folder', 'hello.txt', 'lost+found']);
    expect(() => writeFileSync(`${again}/no`, 'x')).toThrow('EROFS');
    await lockline.json(['unmount', again]);
    const after = (await lockline.json(['list'])) as { vaults: Record<string, unknown>[] };
    expect(after.vaults).toMatchObject([{ state: 'locked', mountPoint: null }]);
  });

  it('leaves a container that cryptsetup can use while and after it is mounted', async () => {
    await using lockline = createLockline();
    const file = await createVault(lockline);
    const keyfile = lockline.passphraseFile(PASSPHRASE);
    await mount(lockline, file);
    // Would wait for ever if the header lock were held for the life of the mount.
    execFileSync('cryptsetup', ['luksDump', file], { timeout: 5_000 });
    execFileSync('cryptsetup', ['open', '--test-passphrase', '--key-file', keyfile, file], {
      timeout: 20_000,
    });
    await lockline.json(['unmount', file]);
    execFileSync('cryptsetup', ['open', '--test-passphrase', '--key-file', keyfile, file]);
  });

  it('mounts on a folder of choice, and refuses one that is not empty or is no folder', async () => {
    await using lockline = createLockline();
    const file = await createVault(lockline);
    const folder = lockline.folder.file('here');
    mkdirSync(folder);
    writeFileSync(`${folder}/file`, '');
    const passphrase = ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];
    const full = await lockline.run(['mount', file, folder, ...passphrase]);
    expect(full).toMatchObject({ code: 6, stdout: '' });
    expect(full.stderr).toContain('mountpoint-not-empty');
    const none = await lockline.run(['mount', file, `${folder}/nowhere`, ...passphrase]);
    expect(none.code).toBe(7);
    expect(none.stderr).toContain('mountpoint-invalid');
    execFileSync('rm', [`${folder}/file`]);
    expect(await mount(lockline, file, folder)).toBe(folder);
    expect((await lockline.run(['unmount', folder])).code).toBe(0);
    expect(statSync(folder).isDirectory()).toBe(true);
  });

  it('knows a mounted vault under every name of its file, and mounts it once', async () => {
    await using lockline = createLockline();
    const file = await createVault(lockline);
    await mount(lockline, file);
    execFileSync('ln', [file, `${file}-hard`]);
    const passphrase = ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];
    const again = await lockline.run(['mount', `${file}-hard`, ...passphrase]);
    expect(again.code).toBe(6);
    expect(again.stderr).toContain('already-unlocked');
    expect((await lockline.run(['unmount', `${file}-hard`])).code).toBe(0);
  });

  it('says busy while a file is in use, and unmounts when forced', async () => {
    await using lockline = createLockline();
    const file = await createVault(lockline);
    const mountPoint = await mount(lockline, file);
    writeFileSync(`${mountPoint}/kept`, 'kept');
    const kept = openSync(`${mountPoint}/kept`, 'r');
    const user = spawn('sleep', ['30'], { stdio: [kept, 'ignore', 'ignore'] });
    closeSync(kept);
    const busy = await lockline.run(['unmount', file]);
    expect(busy.code).toBe(6);
    expect(busy.stderr).toContain('unmount-busy');
    expect(readFileSync(`${mountPoint}/kept`, 'utf8')).toBe('kept');
    expect((await lockline.run(['unmount', file, '--force'])).code).toBe(0);
    user.kill();
    const again = await mount(lockline, file);
    expect(readFileSync(`${again}/kept`, 'utf8')).toBe('kept');
  });

  it('stays in the foreground until interrupted, and then locks', async () => {
    await using lockline = createLockline();
    const file = await createVault(lockline);
    const passphrase = ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];
    const child = lockline.start(['mount', file, '--foreground', ...passphrase]);
    const mountPoint = await new Promise<string>((resolve) => {
      child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
    });
    writeFileSync(`${mountPoint}/file`, 'x');
    expect(child.exitCode).toBeNull();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(existsSync(mountPoint)).toBe(false);
  });

  it('shows a vault whose process was killed as crashed, clears its mount and mounts it again', async () => {
    await using lockline = createLockline();
    const first = await createVault(lockline, 'first');
    const second = await createVault(lockline, 'second');
    const passphrase = ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];
    const mounted = await lockline.json(['mount', first, ...passphrase]);
    const other = await mount(lockline, second);
    const mountPoint = String(mounted['mountPoint']);
    writeFileSync(`${mountPoint}/synced`, 'synced');
    execFileSync('sync', [`${mountPoint}/synced`]);
    process.kill(Number(mounted['processId']), 'SIGKILL');
    // What is dead and not yet waited for has no folder any more.
    const folder = `/proc/${mounted['processId']}/cwd`;
    await expect.poll(() => existsSync(folder), { timeout: 30_000 }).toBe(false);
    const { vaults } = (await lockline.json(['list'])) as { vaults: Record<string, unknown>[] };
    const states = vaults.map((v) => [v['path'], v['state']]);
    expect(states).toContainEqual([first, 'crashed']);
    expect(states).toContainEqual([second, 'mounted']);
    expect(existsSync(mountPoint)).toBe(false);
    writeFileSync(`${other}/alive`, 'alive');
    const again = await mount(lockline, first);
    expect(readFileSync(`${again}/synced`, 'utf8')).toBe('synced');
  });

  it('unlocks all with one command', async () => {
    await using lockline = createLockline();
    const files = [await createVault(lockline, 'one'), await createVault(lockline, 'two')];
    for (const file of files) await mount(lockline, file);
    const { locked } = (await lockline.json(['unmount', '--all'])) as {
      locked: { path: string }[];
    };
    expect(locked.map(({ path }) => path).sort()).toEqual(files.sort());
  });

  it('opens a container without a filesystem as a raw volume, and shows the ext4 made on it', async () => {
    await using lockline = createLockline();
    const file = lockline.folder.file('raw');
    const passphrase = ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];
    await lockline.json([
      'create',
      file,
      '--size',
      '48M',
      '--fs',
      'none',
      ...CHEAP_KDF,
      ...passphrase,
    ]);
    const mountPoint = await mount(lockline, file);
    expect(statSync(`${mountPoint}/volume`).size).toBe(32 * 1024 * 1024);
    const source = lockline.folder.file('source');
    mkdirSync(`${source}/folder`, { recursive: true });
    writeFileSync(`${source}/folder/file`, 'made by mke2fs');
    execFileSync('mke2fs', ['-q', '-t', 'ext4', '-F', '-d', source, `${mountPoint}/volume`]);
    execFileSync('e2fsck', ['-fn', `${mountPoint}/volume`]);
    await lockline.json(['unmount', file]);
    const again = await lockline.json(['mount', file, ...passphrase]);
    expect(again['filesystem']).toBe('ext4');
    const root = String(again['mountPoint']);
    expect(readFileSync(`${root}/folder/file`, 'utf8')).toBe('made by mke2fs');
    writeFileSync(`${root}/new`, 'made here');
  });
});
