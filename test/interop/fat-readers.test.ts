import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import { formatFat32 } from '../../main/filesystem/fat/format-fat32.ts';
import type { FileSystem } from '../../main/filesystem/file-system.ts';
import { identifyFilesystem } from '../../main/filesystem/identify.ts';
import {
  CREATOR,
  fsckFat,
  MIB,
  mountFat,
  newCache,
  newFatVolume,
  putFile,
  Random,
  readTree,
  withImage,
} from '../support/fat-fixture.ts';
import { FatModel, MODEL_STEMS } from '../support/fat-model.ts';
import { readWithFatFs } from '../support/read-with-fatfs.ts';
import { requireTool } from '../support/require-tool.ts';

const hasMtools = requireTool('mcopy', 'mtools');
const hasDosfstools = requireTool('mkfs.fat', 'dosfstools');
const UTF8 = { ...process.env, LC_ALL: 'C.UTF-8', MTOOLS_SKIP_CHECK: '1' };

function onVolume(device: MemoryDevice, use: (fileSystem: FileSystem) => void): void {
  const cache = newCache(device);
  const fileSystem = mountFat(cache);
  use(fileSystem);
  fileSystem[Symbol.dispose]();
  cache[Symbol.dispose]();
}

/** A volume after many random operations, and what should be on it. */
function usedVolume(
  sizeMib: number,
  stems: readonly string[],
): readonly [MemoryDevice, Map<string, Buffer>] {
  const device = newFatVolume(sizeMib);
  let tree = new Map<string, Buffer>();
  onVolume(device, (fileSystem) => {
    const model = new FatModel(fileSystem, 4711, stems);
    for (let i = 0; i < 20_000; i += 1) model.step();
    model.release();
    tree = model.tree();
  });
  return [device, tree];
}

function expectSame(found: Map<string, Buffer>, expected: Map<string, Buffer>): void {
  expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [path, content] of expected) {
    expect(found.get(path)?.equals(content), `content of ${path}`).toBe(true);
  }
}

function readFolder(folder: string): Map<string, Buffer> {
  const tree = new Map<string, Buffer>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const shown = path.slice(folder.length + 1);
    if (entry.isDirectory()) tree.set(`${shown}/`, Buffer.alloc(0));
    else tree.set(shown, readFileSync(path));
  }
  return tree;
}

function sampleTree(seed: number): Map<string, Buffer> {
  const random = new Random(seed);
  const content = (): Buffer =>
    Buffer.from(Array.from({ length: 70_000 }, () => random.below(256)));
  const paths = ['short.txt', 'A long name.data', 'Ordner/ünïcode 日本.bin', 'Ordner/MIXED.Case'];
  const tree = new Map<string, Buffer>([['Ordner/', Buffer.alloc(0)]]);
  for (const path of paths) tree.set(path, content());
  return tree;
}

function putTree(fileSystem: FileSystem, tree: Map<string, Buffer>): void {
  const folder = fileSystem.makeDirectory(1, Buffer.from('Ordner'), 0o700, CREATOR);
  for (const [path, content] of tree) {
    if (path === 'Ordner/') continue;
    const isInside = path.startsWith('Ordner/');
    const text = path.replace('Ordner/', '');
    fileSystem.forget(putFile(fileSystem, isInside ? folder : 1, text, content), 1);
  }
  fileSystem.forget(folder, 1);
}

/** Returns an image that mkfs.fat made and mtools put these files on. */
function makeWithMkfs(sizeMib: number, args: readonly string[], tree: Map<string, Buffer>): Buffer {
  const source = mkdtempSync(join(tmpdir(), 'lockline-source-'));
  try {
    for (const [path, content] of tree) {
      if (path.endsWith('/')) mkdirSync(join(source, path));
      else writeFileSync(join(source, path), content);
    }
    return withImage(Buffer.alloc(sizeMib * MIB), (image) => {
      const made = spawnSync('mkfs.fat', ['-F', '32', '-n', 'MKFS', ...args, image]);
      expect(made.status, made.stderr.toString()).toBe(0);
      const paths = readdirSync(source).map((path) => join(source, path));
      if (paths.length > 0) {
        execFileSync('mcopy', ['-s', '-i', image, ...paths, '::/'], { env: UTF8 });
      }
      return readFileSync(image);
    });
  } finally {
    rmSync(source, { recursive: true });
  }
}

/** Copies everything out of an image with mtools. */
function readWithMtools(bytes: Uint8Array): Map<string, Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'lockline-mtools-'));
  try {
    withImage(bytes, (image) => {
      execFileSync('mcopy', ['-s', '-n', '-i', image, '::/', folder], { env: UTF8 });
    });
    return readFolder(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.skipIf(!hasMtools)('mtools and our FAT32', () => {
  it('reads every file that we wrote', { timeout: 120_000 }, () => {
    // mtools cannot show what takes two UTF-16 units.
    const stems = MODEL_STEMS.filter((stem) => !stem.includes('🦊'));
    const [device, expected] = usedVolume(64, stems);
    expectSame(readWithMtools(device.bytes), expected);
  });
});

describe('FatFs and our FAT32', () => {
  it('reads every file that we wrote', { timeout: 120_000 }, async () => {
    const [device, expected] = usedVolume(64, MODEL_STEMS);
    expectSame(await readWithFatFs(device.bytes), expected);
  });
});

describe.skipIf(!(hasMtools && hasDosfstools))("mkfs.fat's FAT32 and our driver", () => {
  // mtools goes by the cluster count and knows sectors of 512 bytes only.
  const variants = [
    { sizeMib: 34, args: ['-S', '512', '-s', '1'], isForMtools: true },
    { sizeMib: 80, args: ['-S', '512', '-s', '2', '-f', '1'], isForMtools: true },
    { sizeMib: 140, args: ['-S', '512', '-s', '4', '-a', '-R', '7'], isForMtools: true },
    { sizeMib: 300, args: ['-S', '512', '-s', '8'], isForMtools: true },
    { sizeMib: 40, args: ['-S', '512', '-s', '8'], isForMtools: false },
    { sizeMib: 64, args: ['-S', '512', '-s', '64', '-f', '1'], isForMtools: false },
    { sizeMib: 70, args: ['-S', '1024', '-s', '1', '-R', '8'], isForMtools: false },
    { sizeMib: 96, args: ['-S', '2048', '-s', '2', '-a'], isForMtools: false },
    { sizeMib: 300, args: ['-S', '4096', '-s', '1'], isForMtools: false },
  ];
  for (const { sizeMib, args, isForMtools } of variants) {
    it(`mounts, reads and writes ${sizeMib} MiB made with ${args.join(' ')}`, () => {
      const expected = sampleTree(sizeMib);
      const device = new MemoryDevice(
        makeWithMkfs(sizeMib, args, isForMtools ? expected : new Map()),
      );
      onVolume(device, (fileSystem) => {
        expect(fileSystem.label).toBe('MKFS');
        if (isForMtools) expectSame(readTree(fileSystem), expected);
        else putTree(fileSystem, expected);
        const added = Buffer.from('added by us '.repeat(5000));
        for (let i = 0; i < 100; i += 1) {
          fileSystem.forget(putFile(fileSystem, 1, `added file ${i}`, added), 1);
          expected.set(`added file ${i}`, added);
        }
      });
      expect(fsckFat(device.bytes)).toEqual({ status: 0, complaints: '' });
      onVolume(device, (fileSystem) => expectSame(readTree(fileSystem), expected));
      if (isForMtools) expectSame(readWithMtools(device.bytes), expected);
    });
  }
});

describe.skipIf(!hasDosfstools)('formatFat32()', () => {
  const sizes = [1, 16, 32, 33, 34, 63, 64, 65, 100, 259, 260, 512];
  for (const sizeMib of sizes) {
    it(`makes ${sizeMib} MiB that fsck.fat and blkid accept`, () => {
      const device = new MemoryDevice(new Uint8Array(sizeMib * MIB + 1536).fill(0x5a));
      formatFat32(device, { label: 'Süß & more', volumeId: 0xcafe1234 });
      expect(fsckFat(device.bytes)).toEqual({ status: 0, complaints: '' });
      expect(identifyFilesystem(device)).toBe('vfat');
      const shown = withImage(device.bytes, (image) =>
        execFileSync('blkid', ['-p', '-o', 'export', image], { encoding: 'utf8' }),
      );
      expect(shown).toMatch(/^TYPE=vfat$/m);
      expect(shown).toMatch(/^VERSION=FAT32$/m);
      expect(shown).toMatch(/^UUID=CAFE-1234$/m);
    });
  }

  for (const logicalSectorBytes of [512, 1024, 2048, 4096] as const) {
    it(`makes a volume with ${logicalSectorBytes}-byte sectors`, () => {
      const device = new MemoryDevice(new Uint8Array(300 * MIB));
      formatFat32(device, { label: '', logicalSectorBytes });
      expect(fsckFat(device.bytes)).toEqual({ status: 0, complaints: '' });
      onVolume(device, (fileSystem) => expect(fileSystem.label).toBe(''));
    });
  }
});
