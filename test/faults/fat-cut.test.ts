import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import type { FileSystem } from '../../main/filesystem/file-system.ts';
import {
  CREATOR,
  fsckFat,
  MIB,
  mountFat,
  name,
  newCache,
  newFatVolume,
  PLAIN,
  putFile,
  Random,
  readTree,
  withImage,
} from '../support/fat-fixture.ts';
import { RecordingDevice } from '../support/recording-device.ts';
import { requireTool } from '../support/require-tool.ts';

type Tree = Map<string, Buffer>;
/** A tree that the filesystem showed, and how much was written and synced by then. */
type Moment = Readonly<{ writes: number; tree: Tree; isSynced: boolean }>;

const hasTools = requireTool('fsck.fat', 'dosfstools') && requireTool('mkfs.fat', 'dosfstools');

/** What a workload works with; `moment` is called after each operation, `sync` syncs. */
type Stage = Readonly<{ fileSystem: FileSystem; moment(): void; sync(): void; random: Random }>;

function content(seed: number, lengthBytes: number): Buffer {
  const random = new Random(seed);
  return Buffer.from(Array.from({ length: lengthBytes }, () => random.below(256)));
}

function put(stage: Stage, parent: number, text: string, seed: number, lengthBytes = 3000): void {
  const node = putFile(stage.fileSystem, parent, text, content(seed, lengthBytes));
  stage.fileSystem.forget(node, 1);
}

function directory(stage: Stage, parent: number, text: string): number {
  return stage.fileSystem.makeDirectory(parent, name(text), 0o700, CREATOR);
}

function fill(stage: Stage, parent: number, count: number): void {
  for (let i = 0; i < count; i += 1) put(stage, parent, `filler with a long name ${i}`, 0, 0);
}

const WORKLOADS: Readonly<Record<string, (stage: Stage) => void>> = {
  'save by rename': (stage) => {
    put(stage, 1, 'document.txt', 1);
    fill(stage, 1, 60);
    stage.sync();
    for (let version = 2; version < 8; version += 1) {
      put(stage, 1, `document.txt.tmp-${version}~`, version, 1000 * version);
      stage.moment();
      stage.sync();
      const old = name(`document.txt.tmp-${version}~`);
      stage.fileSystem.rename(1, old, 1, name('document.txt'), PLAIN);
      stage.moment();
      if (version % 2 === 0) stage.sync();
    }
    stage.sync();
  },
  'rename across directories': (stage) => {
    const [a, b] = [directory(stage, 1, 'first'), directory(stage, 1, 'second directory')];
    for (let i = 0; i < 6; i += 1)
      put(stage, a, `a file with a long name ${i}.txt`, 10 + i, 700 * i + 1);
    const deep = directory(stage, a, 'moved with its content');
    put(stage, deep, 'inside', 77);
    stage.sync();
    for (let i = 0; i < 6; i += 1) {
      stage.fileSystem.rename(
        a,
        name(`a file with a long name ${i}.txt`),
        b,
        name(`B ${i}`),
        PLAIN,
      );
      stage.moment();
      if (i === 3) stage.sync();
    }
    stage.fileSystem.rename(a, name('moved with its content'), b, name('new home'), PLAIN);
    stage.moment();
    stage.fileSystem.removeDirectory(1, name('first'));
    stage.moment();
    stage.sync();
    stage.fileSystem.rename(b, name('B 1'), 1, name('top'), PLAIN);
    stage.moment();
    stage.fileSystem.rename(1, name('top'), b, name('back again under a long name'), PLAIN);
    stage.moment();
    stage.sync();
  },
  'create, extend, truncate, delete': (stage) => {
    put(stage, 1, 'grows', 30, 100);
    put(stage, 1, 'shrinks', 31, 20_000);
    put(stage, 1, 'goes', 32, 9000);
    stage.sync();
    const { fileSystem } = stage;
    const grows = fileSystem.lookup(1, name('grows'));
    const shrinks = fileSystem.lookup(1, name('shrinks'));
    for (let i = 0; i < 5; i += 1) {
      fileSystem.write(grows, 100 + i * 2500, content(40 + i, 2500));
      stage.moment();
      fileSystem.setAttributes(shrinks, { sizeBytes: 18_000 - i * 4000 });
      stage.moment();
      if (i === 2) stage.sync();
    }
    fileSystem.unlink(1, name('goes'));
    stage.moment();
    put(stage, 1, 'takes its place', 33, 9000);
    stage.moment();
    stage.sync();
    put(stage, 1, 'takes its clusters', 34, 9000);
    stage.moment();
    fileSystem.setAttributes(shrinks, { sizeBytes: 15_000 });
    stage.moment();
    stage.sync();
  },
  'many small changes': (stage) => {
    const folders = [1, directory(stage, 1, 'one'), directory(stage, 1, 'two')];
    const names: string[] = [];
    for (let i = 0; i < 90; i += 1) {
      const parent = stage.random.pick(folders);
      const text = `entry ${i} x${'x'.repeat(stage.random.below(40))}`;
      put(stage, parent, text, 1000 + i, 1 + stage.random.below(4000));
      names.push(`${parent}/${text}`);
      stage.moment();
      if (i % 3 === 2) {
        const [from = '', old = ''] =
          names.splice(stage.random.below(names.length), 1)[0]?.split('/') ?? [];
        const to = stage.random.pick(folders);
        const renamed = `renamed ${i}`;
        stage.fileSystem.rename(Number(from), name(old), to, name(renamed), PLAIN);
        names.push(`${to}/${renamed}`);
        stage.moment();
      }
      if (i % 5 === 4) {
        const [from = '', old = ''] =
          names.splice(stage.random.below(names.length), 1)[0]?.split('/') ?? [];
        stage.fileSystem.unlink(Number(from), name(old));
        stage.moment();
      }
      if (i % 20 === 19) stage.sync();
    }
    stage.sync();
  },
};

function record(
  initial: Uint8Array,
  workload: (stage: Stage) => void,
): readonly [RecordingDevice, Moment[]] {
  const device = new RecordingDevice(initial);
  const cache = newCache(device);
  const fileSystem = mountFat(cache);
  const moments: Moment[] = [];
  const note = (isSynced: boolean): void => {
    moments.push({ writes: device.writes.length, tree: readTree(fileSystem), isSynced });
  };
  note(true);
  workload({
    fileSystem,
    random: new Random(5),
    moment: () => note(false),
    sync: () => {
      note(false);
      fileSystem.sync();
      note(true);
    },
  });
  return [device, moments];
}

/** Mounts what a cut left, lets it be healed, and returns the tree and the image afterwards. */
function heal(image: Buffer): readonly [Tree, Buffer] {
  const device = new MemoryDevice(image);
  const cache = newCache(device);
  const fileSystem = mountFat(cache);
  expect(fileSystem.isReadOnly, 'volume was given up').toBe(false);
  const tree = readTree(fileSystem);
  fileSystem[Symbol.dispose]();
  cache[Symbol.dispose]();
  return [tree, image];
}

function checkTree(found: Tree, possible: readonly Moment[]): void {
  const trees = possible.map(({ tree }) => tree);
  const [first] = trees;
  if (first === undefined) throw new Error('no moment');
  for (const [path, bytes] of found) {
    const isKnown = trees.some((tree) => tree.get(path)?.equals(bytes) === true);
    if (!isKnown) throw new Error(`${path}: ${bytes.length} bytes that it never had`);
  }
  for (const [path, bytes] of first) {
    if (trees.every((tree) => tree.has(path)) && !found.has(path))
      throw new Error(`${path} is lost`);
    const holds = (tree: Tree): boolean => [...tree.values()].some((other) => other.equals(bytes));
    if (bytes.length > 0 && trees.every(holds) && !holds(found)) {
      throw new Error(`content of ${path} is lost`);
    }
  }
  const contents = [...found.values()]
    .filter(({ length }) => length > 0)
    .map((b) => b.toString('latin1'));
  expect(new Set(contents).size, 'a file shows under two names').toBe(contents.length);
}

function checkCut(moments: readonly Moment[], image: Buffer, count: number, durable: number): void {
  const firstAfter = moments.findIndex(({ writes }) => writes >= count);
  let from = moments.findLastIndex(({ writes, isSynced }) => isSynced && writes <= durable);
  if (from < 0) from = 0;
  const to = firstAfter < 0 ? moments.length - 1 : firstAfter;
  // Moments with the same number of writes as the cut may be on the storage as well.
  const last = moments.findLastIndex(({ writes }) => writes <= (moments[to]?.writes ?? 0));
  const [tree, healed] = heal(image);
  checkTree(tree, moments.slice(from, last + 1));
  expect(fsckFat(healed)).toEqual({ status: 0, complaints: '' });
}

function mkfsImage(sectorsPerCluster: number): Buffer {
  return withImage(Buffer.alloc(8 * MIB), (path) => {
    const args = ['-F', '32', '-s', String(sectorsPerCluster), path];
    expect(spawnSync('mkfs.fat', args).status).toBe(0);
    return readFileSync(path);
  });
}

describe.skipIf(!hasTools)('FAT32 after a cut', () => {
  const images: Readonly<Record<string, () => Uint8Array>> = {
    'our 512-byte clusters': () => newFatVolume(4).bytes,
    "mkfs.fat's 4 KiB clusters": () => mkfsImage(8),
  };
  for (const [kind, makeImage] of Object.entries(images)) {
    for (const [title, workload] of Object.entries(WORKLOADS)) {
      it(`${title}, ${kind}: old or new after every write`, { timeout: 300_000 }, () => {
        const [device, moments] = record(makeImage(), workload);
        const random = new Random(99);
        for (let count = 1; count <= device.writes.length; count += 1) {
          try {
            checkCut(moments, device.imageAfter(count), count, count);
            // What no flush has followed may be on the storage or not, each write for itself.
            const image = device.imageAfter(count, () => random.below(2) === 0);
            checkCut(moments, image, count, count - 1);
          } catch (error) {
            throw new Error(`cut after write ${count} of ${device.writes.length}`, {
              cause: error,
            });
          }
        }
      });
    }
  }
});
