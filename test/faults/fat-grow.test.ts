import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import { readGeometry } from '../../main/filesystem/fat/fat-geometry.ts';
import { growFat32, planFat32Growth } from '../../main/filesystem/fat/grow-fat32.ts';
import {
  CREATOR,
  fsckFat,
  MIB,
  mountFat,
  name,
  newCache,
  newFatVolume,
  putFile,
  Random,
  readTree,
  withImage,
} from '../support/fat-fixture.ts';
import { RecordingDevice } from '../support/recording-device.ts';
import { requireTool } from '../support/require-tool.ts';

const hasTools = requireTool('fsck.fat', 'dosfstools') && requireTool('mcopy', 'mtools');

function content(seed: number, lengthBytes: number): Buffer {
  const random = new Random(seed);
  return Buffer.from(Array.from({ length: lengthBytes }, () => random.below(256)));
}

/** A volume with files of all sizes, folders in folders and holes where files were deleted. */
function filledVolume(sizeMib: number, files: number): MemoryDevice {
  const device = newFatVolume(sizeMib);
  const cache = newCache(device);
  const fileSystem = mountFat(cache);
  let folder = 1;
  for (let i = 0; i < files; i += 1) {
    if (i % 7 === 3)
      folder = fileSystem.makeDirectory(folder, name(`a folder ${i}`), 0o700, CREATOR);
    const text = `a file with a long name ${i}.txt`;
    fileSystem.forget(putFile(fileSystem, folder, text, content(i, (i * 977) % 9000)), 1);
    if (i % 5 === 4) fileSystem.unlink(folder, name(text));
  }
  fileSystem[Symbol.dispose]();
  cache.flush();
  cache[Symbol.dispose]();
  return device;
}

function treeOf(device: MemoryDevice | RecordingDevice): Map<string, Buffer> {
  const cache = newCache(device);
  const fileSystem = mountFat(cache);
  const tree = readTree(fileSystem);
  fileSystem[Symbol.dispose]();
  cache.flush();
  cache[Symbol.dispose]();
  return tree;
}

/** The volume with room behind it, filled with what was there before. */
function enlarged(device: MemoryDevice, sizeBytes: number): Uint8Array<ArrayBuffer> {
  const { journalBytes } = planFat32Growth(device, sizeBytes);
  const bytes = new Uint8Array(sizeBytes + journalBytes + 8192).fill(0x5a);
  bytes.set(device.bytes);
  return bytes;
}

describe.skipIf(!hasTools)('growFat32()', () => {
  it.each([
    ['a little, in the same tables', 34, 34.25],
    ['twice', 40, 80],
    ['more than its whole size in new tables', 34, 1200],
    ['to larger tables with clusters of 4 KiB', 300, 700],
  ])(
    'grows %s, and fsck.fat and mtools agree',
    (_name, fromMib, toMib) => {
      const device = filledVolume(fromMib, 60);
      const before = treeOf(device);
      expect(before.size).toBeGreaterThan(40);
      const sizeBytes = Math.floor((toMib * MIB) / 4096) * 4096;
      const grown = new MemoryDevice(enlarged(device, sizeBytes));
      growFat32(grown, sizeBytes);
      const volume = new MemoryDevice(grown.bytes.subarray(0, sizeBytes));
      expect(fsckFat(volume.bytes)).toEqual({ status: 0, complaints: '' });
      const geometry = readGeometry(volume);
      const used = geometry.dataOffsetBytes + geometry.clusterCount * geometry.clusterBytes;
      expect(sizeBytes - used).toBeLessThan(geometry.clusterBytes);
      expect(treeOf(volume)).toEqual(before);
      const cache = newCache(volume);
      const fileSystem = mountFat(cache);
      fileSystem.forget(putFile(fileSystem, 1, 'after.bin', content(999, 3 * MIB)), 1);
      fileSystem[Symbol.dispose]();
      cache.flush();
      cache[Symbol.dispose]();
      expect(fsckFat(volume.bytes)).toEqual({ status: 0, complaints: '' });
      const read = withImage(volume.bytes, (path) =>
        execFileSync('mcopy', ['-i', path, '::after.bin', '-'], { maxBuffer: 8 * MIB }),
      );
      expect(read.equals(content(999, 3 * MIB))).toBe(true);
    },
    120_000,
  );

  it('cut at any write, with writes dropped or not, leaves every file', () => {
    const device = filledVolume(2, 45);
    const before = treeOf(device);
    const sizeBytes = 7 * MIB;
    const recorder = new RecordingDevice(enlarged(device, sizeBytes));
    growFat32(recorder, sizeBytes);
    const random = new Random(3);
    let finished = 0;
    for (let count = 0; count <= recorder.writes.length; count += 1) {
      for (const survives of [() => true, () => random.below(2) === 0, () => false]) {
        const image = new MemoryDevice(Uint8Array.from(recorder.imageAfter(count, survives)));
        expect(treeOf(image)).toEqual(before);
        const isGrown = readGeometry(image).clusterCount > readGeometry(device).clusterCount;
        if (isGrown) finished += 1;
        if (count % 16 !== 0) continue;
        const fsck = fsckFat(image.bytes.subarray(0, isGrown ? sizeBytes : 2 * MIB));
        expect(fsck.complaints).toBe('');
        expect(fsck.status).toBe(0);
      }
    }
    expect(finished).toBeGreaterThan(20);
    expect(recorder.writes.length).toBeGreaterThan(100);
  }, 240_000);

  it('a cut in the middle of finishing is finished again', () => {
    const device = filledVolume(2, 45);
    const before = treeOf(device);
    const sizeBytes = 7 * MIB;
    const recorder = new RecordingDevice(enlarged(device, sizeBytes));
    growFat32(recorder, sizeBytes);
    const half = recorder.writes.length - 20;
    const again = new RecordingDevice(recorder.imageAfter(half));
    expect(treeOf(again)).toEqual(before);
    for (let count = 0; count <= again.writes.length; count += 5) {
      expect(treeOf(new MemoryDevice(Uint8Array.from(again.imageAfter(count))))).toEqual(before);
    }
  }, 120_000);

  it('is refused where it would shrink or is more than FAT32 can have; nothing changes', () => {
    const device = filledVolume(34, 10);
    const bytes = device.bytes.slice();
    const coded = (code: string) => expect.objectContaining({ code });
    expect(() => planFat32Growth(device, 30 * MIB)).toThrow(coded('size-invalid'));
    expect(() => planFat32Growth(device, 2 ** 44)).toThrow(coded('size-invalid'));
    expect(Buffer.compare(device.bytes, bytes)).toBe(0);
  });
});
