import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import { formatExt4 } from '../../main/filesystem/ext4/format-ext4.ts';
import { mountExt4 } from '../../main/filesystem/ext4/mount-ext4.ts';
import { e2fsck } from '../support/ext4-image.ts';
import { Ext4Workload, readExt4Tree } from '../support/ext4-workload.ts';
import { MIB, newCache } from '../support/fat-fixture.ts';
import { RecordingDevice } from '../support/recording-device.ts';
import { requireTool } from '../support/require-tool.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const hasTools = requireTool('e2fsck', 'e2fsprogs');
const WRITABLE = { type: 'ext4', isReadOnly: false };
const SIZE_MIB = 12;

/** A tree that was synced, and after how many recorded writes. */
type Synced = Readonly<{ writes: number; tree: Map<string, Buffer> }>;

/** A workload on a recording volume, with what it held at each sync. */
function record(
  seed: number,
  steps: number,
): Readonly<{ device: RecordingDevice; synced: Synced[] }> {
  const blank = new MemoryDevice(new Uint8Array(SIZE_MIB * MIB).fill(0xa5));
  formatExt4(blank, { label: 'cut', uid: 0, gid: 0 });
  const device = new RecordingDevice(blank.bytes);
  const cache = newCache(device, 2 * MIB);
  const fileSystem = mountExt4(cache, WRITABLE);
  const random = seededRandom(seed);
  const workload = new Ext4Workload(fileSystem, random, 20_000);
  const synced: Synced[] = [];
  for (let step = 0; step < steps; step += 1) {
    workload.step();
    if (random.below(6) === 0) {
      fileSystem.sync();
      synced.push({ writes: device.writes.length, tree: copyOf(workload.tree) });
    }
  }
  return { device, synced };
}

function copyOf(tree: Map<string, Buffer>): Map<string, Buffer> {
  return new Map([...tree].map(([path, content]) => [path, Buffer.from(content)]));
}

/** What was synced last must be there, unless it was being changed since. */
function expectSynced(
  found: Map<string, Buffer>,
  before: Synced | undefined,
  after: Synced | undefined,
): void {
  if (before === undefined) return;
  for (const [path, content] of before.tree) {
    const later = after?.tree.get(path);
    if (later === undefined || !later.equals(content)) continue;
    expect(found.get(path)?.equals(content), path).toBe(true);
  }
}

describe.skipIf(!hasTools)('an ext4 volume after a cut', () => {
  for (let seed = 1; seed <= 6; seed += 1) {
    it(`is whole after any write of workload ${seed}`, { timeout: 300_000 }, () => {
      using folder = temporaryFolder();
      const { device, synced } = record(seed, 120);
      const random = seededRandom(seed * 1000);
      const [ours, theirs] = [folder.file('ours'), folder.file('theirs')];
      for (let turn = 0; turn < 16; turn += 1) {
        const count = 1 + random.below(device.writes.length);
        const survives = turn % 2 === 0 ? () => true : () => random.below(2) === 0;
        const image = device.imageAfter(count, survives);
        const before = synced.findLast(({ writes }) => writes < count);
        const after = synced.find(({ writes }) => writes >= count);

        const cut = new MemoryDevice(Buffer.from(image));
        const shown = mountExt4(new MemoryDevice(image, true), { ...WRITABLE, isReadOnly: true });
        const replayed = mountExt4(cut, WRITABLE);
        const tree = readExt4Tree(replayed);
        expect(readExt4Tree(shown)).toEqual(tree);
        expectSynced(tree, before, after);
        replayed[Symbol.dispose]();
        writeFileSync(ours, cut.bytes);
        expect(e2fsck(ours), `replayed after ${count} writes`).toEqual({
          status: 0,
          complaints: '',
        });

        writeFileSync(theirs, image);
        expect(spawnSync('e2fsck', ['-fp', theirs]).status, `after ${count} writes`).toBeLessThan(
          2,
        );
        expect(e2fsck(theirs)).toEqual({ status: 0, complaints: '' });
      }
    });
  }
});
