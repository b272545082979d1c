import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import { formatExt4 } from '../../main/filesystem/ext4/format-ext4.ts';
import { mountExt4 } from '../../main/filesystem/ext4/mount-ext4.ts';
import { type Cut, cutsOf } from '../support/ext4-cuts.ts';
import { canMountExt4, e2fsck, withKernelMount } from '../support/ext4-image.ts';
import { Ext4Workload, readExt4Tree } from '../support/ext4-workload.ts';
import { MIB, newCache } from '../support/fat-fixture.ts';
import { isFullProof } from '../support/proof.ts';
import { RecordingDevice } from '../support/recording-device.ts';
import { requireTool } from '../support/require-tool.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const hasTools = requireTool('e2fsck', 'e2fsprogs');
const WRITABLE = { type: 'ext4', isReadOnly: false };
const SIZE_MIB = 8;
const STEPS = 40;
const SYNC_ONE_IN = 6;
/** In full, each cut is replayed by us; some of them are judged by e2fsck, and few by the kernel. */
const WORKLOADS = isFullProof ? 200 : 5;
const REPLAYED_PER_WORKLOAD = isFullProof ? Number.POSITIVE_INFINITY : 60;
const JUDGED_PER_WORKLOAD = isFullProof ? 20 : 12;
const MOUNTED_PER_WORKLOAD = 1;
const TIMEOUT_MS = isFullProof ? 3_600_000 : 600_000;

type Tree = Map<string, Buffer>;
/** A tree that was synced, and after how many recorded writes. */
type Synced = Readonly<{ writes: number; tree: Tree }>;

/** A workload on a recording volume, with what it held at each sync. */
function record(seed: number): Readonly<{ device: RecordingDevice; synced: Synced[] }> {
  const blank = new MemoryDevice(new Uint8Array(SIZE_MIB * MIB).fill(0xa5));
  formatExt4(blank, { label: 'cut', uid: 0, gid: 0 });
  const device = new RecordingDevice(blank.bytes);
  const cache = newCache(device, 2 * MIB);
  const fileSystem = mountExt4(cache, WRITABLE);
  const random = seededRandom(seed);
  const workload = new Ext4Workload(fileSystem, random, 20_000);
  const synced: Synced[] = [];
  for (let step = 0; step < STEPS; step += 1) {
    workload.step();
    if (random.below(SYNC_ONE_IN) > 0) continue;
    if (random.below(2) === 0) fileSystem.sync();
    else fileSystem.syncNode(1);
    const tree = new Map([...workload.tree].map(([path, content]) => [path, Buffer.from(content)]));
    synced.push({ writes: device.writes.length, tree });
  }
  fileSystem[Symbol.dispose]();
  return { device, synced };
}

/** What was synced last must be there, unless it was being changed since. */
function expectSynced(found: Tree, { writes, what }: Cut, synced: readonly Synced[]): void {
  const before = synced.findLast((one) => one.writes < writes);
  const after = synced.find((one) => one.writes >= writes);
  if (before === undefined) return;
  for (const [path, content] of before.tree) {
    const later = after?.tree.get(path);
    if (later === undefined || !later.equals(content)) continue;
    expect(found.get(path)?.equals(content), `${path} ${what}`).toBe(true);
  }
}

/** Replays a cut by our own driver, twice: in memory only, and for good. */
function replayed(cut: Cut): Readonly<{ bytes: Uint8Array; tree: Tree }> {
  const device = new MemoryDevice(cut.image());
  const shown = mountExt4(new MemoryDevice(device.bytes, true), { ...WRITABLE, isReadOnly: true });
  const before = readExt4Tree(shown);
  const fileSystem = mountExt4(device, WRITABLE);
  const tree = readExt4Tree(fileSystem);
  expect(isAlike(before, tree), cut.what).toBe(true);
  fileSystem[Symbol.dispose]();
  return { bytes: device.bytes, tree };
}

function isAlike(one: Tree, other: Tree): boolean {
  return (
    one.size === other.size &&
    [...one].every(([path, content]) => other.get(path)?.equals(content) === true)
  );
}

function treeOf(image: Uint8Array): Tree {
  return readExt4Tree(mountExt4(new MemoryDevice(image, true), { ...WRITABLE, isReadOnly: true }));
}

const CLEAN = { status: 0, complaints: '' };

describe.skipIf(!hasTools)('an ext4 volume after a cut', () => {
  const isKernelThere = canMountExt4();
  const count = { workloads: 0, replayed: 0, judged: 0, mounted: 0 };
  afterAll(() => console.log(JSON.stringify(count)));
  for (let seed = 1; seed <= WORKLOADS; seed += 1) {
    it(`is whole after any write of workload ${seed}`, { timeout: TIMEOUT_MS }, () => {
      using folder = temporaryFolder();
      const { device, synced } = record(seed);
      const all = [...cutsOf(device)].length;
      const keep = seededRandom(seed);
      const [ours, theirs] = [folder.file('ours'), folder.file('theirs')];
      let mounted = 0;
      count.workloads += 1;
      for (const cut of cutsOf(device)) {
        const isJudged = keep.below(all) < JUDGED_PER_WORKLOAD;
        if (!isJudged && keep.below(all) >= REPLAYED_PER_WORKLOAD) continue;
        const { bytes, tree } = replayed(cut);
        expectSynced(tree, cut, synced);
        count.replayed += 1;
        if (!isJudged) continue;

        writeFileSync(ours, bytes);
        expect(e2fsck(ours), cut.what).toEqual(CLEAN);
        writeFileSync(theirs, cut.image());
        expect(spawnSync('e2fsck', ['-fp', theirs]).status, cut.what).toBeLessThan(2);
        expect(e2fsck(theirs), cut.what).toEqual(CLEAN);
        expect(isAlike(treeOf(readFileSync(theirs)), tree), `e2fsck, ${cut.what}`).toBe(true);
        count.judged += 1;

        if (!isKernelThere || mounted >= MOUNTED_PER_WORKLOAD) continue;
        mounted += 1;
        count.mounted += 1;
        writeFileSync(theirs, cut.image());
        withKernelMount(theirs, 'rw', () => {});
        expect(e2fsck(theirs), `kernel, ${cut.what}`).toEqual(CLEAN);
        expect(isAlike(treeOf(readFileSync(theirs)), tree), `kernel, ${cut.what}`).toBe(true);
      }
    });
  }
});
