import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileDevice } from '../../main/block/file-device.ts';
import { MIB } from '../../shared/units.ts';
import { dumpVolumeKey } from '../support/cryptsetup.ts';
import { decryptIndependently, readIndependentVolume } from '../support/independent-volume.ts';
import { TEST_PASSPHRASE } from '../support/luks-fixtures.ts';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline, type Lockline } from '../support/run-lockline.ts';
import { seededRandom } from '../support/seeded-random.ts';

const hasTools = [
  requireTool('cryptsetup', 'cryptsetup-bin'),
  requireTool('losetup', 'mount'),
  requireTool('mkfs.ext4', 'e2fsprogs'),
].every(Boolean);
const isRoot = process.getuid?.() === 0;

describe.skipIf(!hasTools || !isRoot)('a container on a block device (as root)', () => {
  let lockline: Lockline;
  let secret: readonly string[];
  let file: string;
  let device: string;
  beforeAll(async () => {
    lockline = createLockline();
    secret = ['--passphrase-file', lockline.passphraseFile(TEST_PASSPHRASE)];
    file = lockline.folder.file('vault.img');
    await lockline.json(['create', file, '--size', '64M', ...CHEAP_KDF, ...secret]);
    device = execFileSync('losetup', ['--find', '--show', file], { encoding: 'utf8' }).trim();
  });
  afterAll(async () => {
    await lockline.run(['unmount', '--all', '--force']);
    execFileSync('losetup', ['--detach', device]);
    await lockline[Symbol.asyncDispose]();
  });

  it('is listed and tested with the size of the device', async () => {
    expect(await lockline.json(['info', device])).toMatchObject({ containerBytes: 64 * MIB });
    expect(await lockline.json(['test', device, ...secret])).toMatchObject({ keyslotId: 0 });
    const key = await dumpVolumeKey(device, TEST_PASSPHRASE);
    expect(key).toHaveLength(64);
  });

  it('is mounted for writing, and what was written is in the file below; then read-only', async () => {
    const content = seededRandom(3).bytes(MIB);
    const mounted = await lockline.json(['mount', device, ...secret]);
    writeFileSync(`${String(mounted['mountPoint'])}/file.bin`, content);
    expect((await lockline.run(['unmount', device])).code).toBe(0);
    execFileSync('sync', [file]);
    const volume = await readIndependentVolume(file, TEST_PASSPHRASE);
    expect(decryptIndependently(file, volume).includes(Buffer.from(content))).toBe(true);
    const again = await lockline.json(['mount', device, '--read-only', ...secret]);
    expect(again).toMatchObject({ isReadOnly: true });
    expect(readFileSync(`${String(again['mountPoint'])}/file.bin`).equals(content)).toBe(true);
    expect((await lockline.run(['unmount', device])).code).toBe(0);
  });

  it('is not opened for writing while the kernel has it mounted', () => {
    using folder = mountedLoop(lockline);
    expect(() => FileDevice.open(folder.device, { isReadOnly: false })).toThrow(
      expect.objectContaining({ code: 'device-busy' }),
    );
    using readable = FileDevice.open(folder.device, { isReadOnly: true });
    expect(readable.sizeBytes).toBe(16 * MIB);
  });

  it('has a file that is not written to by another way while the device may', () => {
    expect(() => FileDevice.open(file, { isReadOnly: false })).toThrow(
      expect.objectContaining({ code: 'device-busy' }),
    );
    using readable = FileDevice.open(file, { isReadOnly: true });
    expect(readable.sizeBytes).toBe(64 * MIB);
  });

  it('is never deleted as a file', async () => {
    const { deleteContainer } = await import('../../main/services/delete-container.ts');
    expect(() => deleteContainer(device, null)).toThrow(
      expect.objectContaining({ code: 'not-a-file' }),
    );
  });
});

/** A loop device with a mounted ext4 on it. */
function mountedLoop({ folder }: Lockline): Readonly<{ device: string }> & Disposable {
  const image = folder.file('ext4.img');
  const place = folder.file('place');
  execFileSync('truncate', ['-s', '16M', image]);
  execFileSync('mkfs.ext4', ['-q', image]);
  execFileSync('mkdir', [place]);
  const device = execFileSync('losetup', ['--find', '--show', image], { encoding: 'utf8' }).trim();
  execFileSync('mount', [device, place]);
  return {
    device,
    [Symbol.dispose]() {
      execFileSync('umount', [place]);
      execFileSync('losetup', ['--detach', device]);
    },
  };
}
