import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import { formatExt4 } from '../../main/filesystem/ext4/format-ext4.ts';
import { mountExt4 } from '../../main/filesystem/ext4/mount-ext4.ts';
import { DeviceError } from '../../shared/errors/vault-error.ts';
import { e2fsck } from '../support/ext4-image.ts';
import { CREATOR, list, MIB, name } from '../support/fat-fixture.ts';
import { FaultDevice } from '../support/fault-device.ts';
import { requireTool } from '../support/require-tool.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const hasTools = requireTool('e2fsck', 'e2fsprogs');
const WRITABLE = { type: 'ext4', isReadOnly: false };

describe.skipIf(!hasTools)('an ext4 volume whose storage fails', () => {
  for (const failing of ['write', 'flush'] as const) {
    it(`says so when a ${failing} fails at a sync, and keeps what was synced`, () => {
      using folder = temporaryFolder();
      const device = new FaultDevice(16 * MIB);
      formatExt4(device, { label: '', uid: 0, gid: 0 });
      const fileSystem = mountExt4(device, WRITABLE);
      const make = (text: string) => fileSystem.create(1, name(text), 0o600, CREATOR);
      fileSystem.write(make('synced'), 0, Buffer.from('safe'));
      fileSystem.sync();
      make('lost');
      device.onOperation = (operation) => {
        if (operation === failing) throw new DeviceError('io-error', { operation });
      };
      expect(() => fileSystem.sync()).toThrow(DeviceError);
      device.onOperation = () => {};
      // It works again, and still nothing is said to be saved.
      expect(fileSystem.isReadOnly).toBe(true);
      expect(() => fileSystem.sync()).toThrow(DeviceError);
      expect(() => make('more')).toThrow(/EROFS/);
      expect(() => fileSystem[Symbol.dispose]()).toThrow(DeviceError);

      const again = new MemoryDevice(Buffer.from(device.memory.bytes));
      const replayed = mountExt4(again, WRITABLE);
      expect(list(replayed, 1)).toContain('synced');
      replayed[Symbol.dispose]();
      const image = folder.file('image');
      writeFileSync(image, again.bytes);
      expect(e2fsck(image)).toEqual({ status: 0, complaints: '' });
    });
  }

  it('is read-only once contents could not be written', () => {
    const device = new FaultDevice(16 * MIB);
    formatExt4(device, { label: '', uid: 0, gid: 0 });
    const fileSystem = mountExt4(device, WRITABLE);
    const node = fileSystem.create(1, name('file'), 0o600, CREATOR);
    device.onOperation = (operation) => {
      if (operation === 'write') throw new DeviceError('io-error', { operation });
    };
    expect(() => fileSystem.write(node, 0, Buffer.alloc(50_000))).toThrow(DeviceError);
    device.onOperation = () => {};
    expect(fileSystem.isReadOnly).toBe(true);
    expect(() => fileSystem.syncNode(node)).toThrow(DeviceError);
    expect(() => fileSystem[Symbol.dispose]()).toThrow(DeviceError);
  });

  it('gives back what is free only when that is on the storage', () => {
    const device = new FaultDevice(16 * MIB);
    formatExt4(device, { label: '', uid: 0, gid: 0 });
    const fileSystem = mountExt4(device, { ...WRITABLE, discardsFreed: true });
    const node = fileSystem.create(1, name('file'), 0o600, CREATOR);
    fileSystem.write(node, 0, Buffer.alloc(500_000, 1));
    fileSystem.sync();
    fileSystem.forget(node, 1);
    device.events.length = 0;
    fileSystem.unlink(1, name('file'));
    expect(device.events).toEqual([]);
    fileSystem.sync();
    const order = device.events.map(({ type }) => type);
    expect(order.indexOf('discard')).toBeGreaterThan(order.lastIndexOf('flush'));
    fileSystem[Symbol.dispose]();
    const used = device.memory.bytes.filter((byte) => byte === 1).length;
    expect(used).toBeLessThan(10_000);
  });

  it('takes back an operation whose contents cannot be written', () => {
    const device = new FaultDevice(16 * MIB);
    formatExt4(device, { label: '', uid: 0, gid: 0 });
    const fileSystem = mountExt4(device, WRITABLE);
    const node = fileSystem.create(1, name('file'), 0o600, CREATOR);
    const free = fileSystem.usage.freeBlocks;
    device.onOperation = (operation) => {
      if (operation === 'write') throw new DeviceError('no-space', { operation });
    };
    expect(() => fileSystem.write(node, 0, Buffer.alloc(50_000))).toThrow(DeviceError);
    device.onOperation = () => {};
    expect(fileSystem.usage.freeBlocks).toBe(free);
    expect(fileSystem.isReadOnly).toBe(false);
    expect(fileSystem.write(node, 0, Buffer.alloc(50_000))).toBe(50_000);
    fileSystem[Symbol.dispose]();
  });
});
