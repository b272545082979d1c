import { closeSync, copyFileSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FileDevice } from '../../main/block/file-device.ts';
import { checkExt4 } from '../../main/filesystem/ext4/check-ext4.ts';
import { mountExt4 } from '../../main/filesystem/ext4/mount-ext4.ts';
import { canMountExt4, e2fsck, makeExt4, withKernelMount } from '../support/ext4-image.ts';
import { CREATOR, list, MIB, name } from '../support/fat-fixture.ts';
import { requireTool } from '../support/require-tool.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const hasTools = requireTool('mke2fs', 'e2fsprogs');

describe.skipIf(!(hasTools && canMountExt4()))('an ext4 with a file of orphans', () => {
  it.each([
    '-t ext4 -b 1024 -O orphan_file,metadata_csum_seed',
    '-t ext4 -b 4096 -O orphan_file,^metadata_csum',
  ])('%s that the kernel left with open files is written, and clean', (args) => {
    using folder = temporaryFolder();
    const image = folder.file('image');
    const cut = folder.file('cut');
    makeExt4(image, 64, args.split(' '));
    withKernelMount(image, 'rw', (path) => {
      const open = ['one', 'two', 'three'].map((text) => {
        const fd = openSync(`${path}/${text}`, 'w+');
        writeSync(fd, Buffer.alloc(2 * MIB, text));
        unlinkSync(`${path}/${text}`);
        return fd;
      });
      const kept = openSync(`${path}/kept`, 'w');
      writeSync(kept, 'kept');
      fsyncSync(kept);
      copyFileSync(image, cut);
      for (const fd of [...open, kept]) closeSync(fd);
    });
    using device = FileDevice.open(cut, { isReadOnly: false });
    const before = checkExt4(device, 'ext4');
    expect(before.verdict).toBe('clean');
    expect(before.findings.map(({ kind }) => kind)).toContain('orphans');
    const fileSystem = mountExt4(device, { type: 'ext4', isReadOnly: false });
    expect(fileSystem.isReadOnly).toBe(false);
    expect(list(fileSystem, 1)).toContain('kept');
    const node = fileSystem.create(1, name('ours'), 0o600, CREATOR);
    fileSystem.write(node, 0, Buffer.alloc(100_000, 'o'));
    fileSystem[Symbol.dispose]();
    expect(checkExt4(device, 'ext4')).toMatchObject({ verdict: 'clean', findings: [] });
    expect(e2fsck(cut)).toEqual({ status: 0, complaints: '' });
    const names = withKernelMount(cut, 'rw', () => 'mounted');
    expect(names).toBe('mounted');
    expect(e2fsck(cut)).toEqual({ status: 0, complaints: '' });
  });
});
