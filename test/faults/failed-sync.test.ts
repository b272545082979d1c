import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { FileDevice } from '../../main/block/file-device.ts';
import { DeviceError } from '../../shared/errors/vault-error.ts';
import { type FuseChild, startFuseChild } from '../interop/fuse-child.ts';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline, type Lockline } from '../support/run-lockline.ts';

const hasTools = requireTool('fusermount3', 'fuse3');
const PASSPHRASE = 'correct horse battery staple';
const FILESYSTEMS = ['fat32', 'ext4', 'none'] as const;

/** A container on storage whose next operation can be made to fail, once. */
type Storage = AsyncDisposable &
  Readonly<{
    lockline: Lockline;
    file: string;
    failNext: (fault: string) => void;
    /** Whether the fault has not happened yet. */
    isFaultDue: () => boolean;
  }>;

async function createStorage(): Promise<Storage> {
  const lockline = createLockline();
  const host = lockline.folder.file('host');
  const faultPath = lockline.folder.file('fault');
  mkdirSync(host);
  const child: FuseChild = await startFuseChild(host, undefined, faultPath);
  return {
    lockline,
    file: `${host}/vault`,
    failNext: (fault) => writeFileSync(faultPath, fault),
    isFaultDue: () => existsSync(faultPath),
    [Symbol.asyncDispose]: async () => {
      await lockline.run(['unmount', '--all', '--force']);
      // One that ended with an error is told of before its process is gone.
      while (isInUse(`${host}/vault`)) await sleep(20);
      await child.finish();
      await lockline[Symbol.asyncDispose]();
    },
  };
}

function isInUse(file: string): boolean {
  try {
    FileDevice.open(file, { isReadOnly: false })[Symbol.dispose]();
    return false;
  } catch (error) {
    return error instanceof DeviceError && error.code === 'device-busy';
  }
}

function secret(lockline: Lockline): string[] {
  return ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];
}

async function createAndMount({ lockline, file }: Storage, filesystem: string): Promise<string> {
  const options = ['--size', '48M', '--fs', filesystem, ...CHEAP_KDF];
  await lockline.json(['create', file, ...options, ...secret(lockline)]);
  const { mountPoint } = await lockline.json(['mount', file, ...secret(lockline)]);
  return String(mountPoint);
}

describe.skipIf(!hasTools)('a storage whose fsync failed once', () => {
  it.each(FILESYSTEMS)('nothing on %s is said to be stored after it', async (filesystem) => {
    await using storage = await createStorage();
    const { lockline, file } = storage;
    const mountPoint = await createAndMount(storage, filesystem);
    const fd =
      filesystem === 'none'
        ? openSync(`${mountPoint}/volume`, 'r+')
        : openSync(`${mountPoint}/file`, 'w+');
    try {
      writeSync(fd, 'what must not be lost', 0);
      storage.failNext('fsync EIO');
      expect(() => fsyncSync(fd)).toThrow('EIO');
      // The system has dropped what it could not write: that its next fsync works proves nothing.
      expect(() => fsyncSync(fd)).toThrow('EIO');
    } finally {
      closeSync(fd);
    }
    const refused = await lockline.run(['unmount', file]);
    expect(refused.code).toBe(7);
    expect(existsSync(`${mountPoint}/.`)).toBe(true);
    // By force it is locked, and what it could not store is told.
    expect((await lockline.run(['unmount', file, '--force'])).code).toBe(7);
    while (isInUse(file)) await sleep(20);
    expect((await lockline.json(['list']))['vaults']).toMatchObject([{ state: 'locked' }]);
    const opened = await lockline.json(['mount', file, ...secret(lockline)]);
    expect(opened).toMatchObject({ mountPoint });
  });

  it('a failure that no program saw is told to the next that asks', async () => {
    await using storage = await createStorage();
    const { lockline, file } = storage;
    const mountPoint = await createAndMount(storage, 'fat32');
    writeFileSync(`${mountPoint}/file`, 'what must not be lost');
    storage.failNext('fsync EIO');
    // What was written goes to the storage by itself, after some seconds.
    while (storage.isFaultDue()) await sleep(100);
    const fd = openSync(`${mountPoint}/file`, 'r');
    expect(() => fsyncSync(fd)).toThrow('EIO');
    closeSync(fd);
    expect((await lockline.run(['unmount', file])).code).toBe(7);
  });

  it('no room in the quota is no room, and is asked for again', async () => {
    await using storage = await createStorage();
    const mountPoint = await createAndMount(storage, 'none');
    const fd = openSync(`${mountPoint}/volume`, 'r+');
    try {
      for (let at = 8; at < 10; at += 1) {
        storage.failNext('allocate EDQUOT');
        expect(() => writeSync(fd, 'x', at * 1_000_000)).toThrow('ENOSPC');
        expect(writeSync(fd, 'x', at * 1_000_000)).toBe(1);
      }
    } finally {
      closeSync(fd);
    }
  });
});
