import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import { mountExt4 } from '../../main/filesystem/ext4/mount-ext4.ts';
import { makeExt4 } from '../support/ext4-image.ts';
import { Ext4Workload } from '../support/ext4-workload.ts';
import { list, MIB, name } from '../support/fat-fixture.ts';
import { mayRefuse, readAll } from '../support/hostile.ts';
import { requireTool } from '../support/require-tool.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const hasTools = requireTool('mke2fs', 'e2fsprogs');
const MUTANTS = 250;
/** What a mutant may take at most; others load the machine. */
const LIMIT_MS = 10_000;

describe.skipIf(!hasTools)('a volume made in bad faith', () => {
  let clean: Buffer;
  beforeAll(() => {
    using folder = temporaryFolder();
    const image = folder.file('image');
    // Without checksums: a mutation is not found by them, as one with right checksums would not be.
    makeExt4(image, 8, '-t ext4 -b 1024 -O ^metadata_csum,^64bit'.split(' '));
    const device = new MemoryDevice(readFileSync(image));
    const fileSystem = mountExt4(device, { type: 'ext4', isReadOnly: false });
    const workload = new Ext4Workload(fileSystem, seededRandom(7), 8_000);
    for (let step = 0; step < 250; step += 1) workload.step();
    fileSystem[Symbol.dispose]();
    clean = Buffer.from(device.bytes);
  });

  /** Changes bytes where structures are dense: they are not zero. */
  function mutate(seed: number): Buffer {
    const random = seededRandom(seed);
    const bytes = Buffer.from(clean);
    for (let change = 0; change < 1 + random.below(40); change += 1) {
      let at = 1024 + random.below(random.below(2) === 0 ? MIB : bytes.length - 1024);
      for (let tries = 0; tries < 2000 && bytes[at] === 0; tries += 1) at = (at + 1) % bytes.length;
      const values = [0, 1, 0x7f, 0xff, random.below(256)];
      bytes[at] = values[random.below(values.length)] ?? 0;
    }
    return bytes;
  }

  it('is refused or shown, without a write, a fault or a hang', { timeout: 300_000 }, () => {
    for (let seed = 1; seed <= MUTANTS; seed += 1) {
      const bytes = mutate(seed);
      const before = Buffer.from(bytes);
      const startMs = performance.now();
      mayRefuse(() => {
        using fileSystem = mountExt4(new MemoryDevice(bytes), { type: 'ext4', isReadOnly: true });
        readAll(fileSystem);
      });
      expect(performance.now() - startMs, `mutant ${seed}`).toBeLessThan(LIMIT_MS);
      expect(bytes.equals(before), `mutant ${seed}`).toBe(true);
    }
  });

  it('is refused or changed, without a fault or a hang', { timeout: 300_000 }, () => {
    for (let seed = 1; seed <= MUTANTS; seed += 1) {
      const startMs = performance.now();
      mayRefuse(() => {
        const device = new MemoryDevice(mutate(seed));
        using fileSystem = mountExt4(device, { type: 'ext4', isReadOnly: false });
        const workload = new Ext4Workload(fileSystem, seededRandom(seed), 8_000);
        for (let step = 0; step < 40; step += 1) mayRefuse(() => workload.step());
        for (const text of list(fileSystem, 1)) mayRefuse(() => fileSystem.unlink(1, name(text)));
        readAll(fileSystem);
        mayRefuse(() => fileSystem.sync());
      });
      expect(performance.now() - startMs, `mutant ${seed}`).toBeLessThan(LIMIT_MS);
    }
  });
});
