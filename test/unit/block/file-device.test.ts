import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FileDevice } from '../../../main/block/file-device.ts';
import { MIB } from '../../../shared/units.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const coded = (code: string) => expect.objectContaining({ code });

describe('FileDevice', () => {
  it('reads back what it wrote, across descriptors', () => {
    using folder = temporaryFolder();
    const path = folder.file('container');
    writeFileSync(path, '');
    truncateSync(path, 5 * MIB);
    using device = FileDevice.open(path, { isReadOnly: false });
    device.writeFrom(3 * MIB + 1, Uint8Array.of(1, 2, 3));
    device.flush();
    const back = new Uint8Array(5);
    device.readInto(3 * MIB, back);
    expect(back).toEqual(Uint8Array.of(0, 1, 2, 3, 0));
  });

  it('allows one writer or many readers', () => {
    using folder = temporaryFolder();
    const path = folder.file('container');
    writeFileSync(path, 'x'.repeat(4096));
    {
      using _writer = FileDevice.open(path, { isReadOnly: false });
      expect(() => FileDevice.open(path, { isReadOnly: false })).toThrow(coded('device-busy'));
      expect(() => FileDevice.open(path, { isReadOnly: true })).toThrow(coded('device-busy'));
      using _look = FileDevice.open(path, { isReadOnly: true, lock: 'none' });
    }
    using _one = FileDevice.open(path, { isReadOnly: true });
    using _two = FileDevice.open(path, { isReadOnly: true });
    expect(() => FileDevice.open(path, { isReadOnly: false })).toThrow(coded('device-busy'));
  });

  it('keeps the lock with a released descriptor', () => {
    using folder = temporaryFolder();
    const path = folder.file('container');
    writeFileSync(path, 'x'.repeat(4096));
    const first = FileDevice.open(path, { isReadOnly: false });
    const fd = first.release();
    first[Symbol.dispose]();
    expect(() => FileDevice.open(path, { isReadOnly: false })).toThrow(coded('device-busy'));
    using adopted = FileDevice.adopt(path, fd, { isReadOnly: false });
    expect(adopted.sizeBytes).toBe(4096);
  });

  it('refuses what is no ordinary file, without hanging', () => {
    using folder = temporaryFolder();
    execFileSync('mkfifo', [folder.file('fifo')]);
    mkdirSync(folder.file('folder'));
    symlinkSync(folder.file('loop'), folder.file('loop'));
    expect(() => FileDevice.open(folder.file('fifo'), { isReadOnly: true })).toThrow(
      coded('not-a-file'),
    );
    expect(() => FileDevice.open(folder.file('folder'), { isReadOnly: true })).toThrow(
      coded('not-a-file'),
    );
    expect(() => FileDevice.open(folder.file('loop'), { isReadOnly: true })).toThrow(
      coded('not-a-file'),
    );
    expect(() => FileDevice.open('/dev/zero', { isReadOnly: true })).toThrow(coded('not-a-file'));
    expect(() => FileDevice.open(folder.file('none'), { isReadOnly: true })).toThrow(
      coded('file-missing'),
    );
  });

  it('reports a file that became shorter, and refuses to write when read-only', () => {
    using folder = temporaryFolder();
    const path = folder.file('container');
    writeFileSync(path, 'x'.repeat(8192));
    using device = FileDevice.open(path, { isReadOnly: true });
    expect(() => device.writeFrom(0, new Uint8Array(1))).toThrow(coded('read-only'));
    truncateSync(path, 4096);
    expect(() => device.readInto(4000, new Uint8Array(200))).toThrow(coded('short-read'));
  });

  it('gives discarded space back to the host', () => {
    using folder = temporaryFolder();
    const path = folder.file('container');
    writeFileSync(path, Buffer.alloc(4 * MIB, 1));
    chmodSync(path, 0o600);
    using device = FileDevice.open(path, { isReadOnly: false });
    const before = statSync(path).blocks;
    device.discard(MIB, 2 * MIB);
    expect(statSync(path).blocks).toBeLessThan(before);
    expect(statSync(path).size).toBe(4 * MIB);
  });

  it('waits for a header lock that another program holds, and lets it go afterwards', async () => {
    using folder = temporaryFolder();
    const path = folder.file('container');
    writeFileSync(path, 'x'.repeat(4096));
    const holder = spawn('flock', ['-x', path, 'sh', '-c', 'echo held; sleep 0.4']);
    await once(holder.stdout, 'data');
    using device = FileDevice.open(path, { isReadOnly: false });
    const started = performance.now();
    expect(device.withHeaderLock('shared', () => 7)).toBe(7);
    expect(performance.now() - started).toBeGreaterThan(100);
    await once(holder, 'exit');
    execFileSync('flock', ['-xn', path, 'true']);
  });
});
