import { describe, expect, it } from 'vitest';
import { ClusterMap } from '../../../main/filesystem/fat/cluster-map.ts';
import { encodeSlots, visitSlots } from '../../../main/filesystem/fat/directory-slots.ts';
import { foldCase } from '../../../main/filesystem/fat/fat-names.ts';
import {
  clampSeconds,
  decodeTime,
  encodeDate,
  encodeTime,
} from '../../../main/filesystem/fat/fat-times.ts';
import { layoutFat32 } from '../../../main/filesystem/fat/format-fat32.ts';
import { makeShortName, readShortName } from '../../../main/filesystem/fat/short-name.ts';

const GIB = 2 ** 30;

describe('layoutFat32()', () => {
  it.each([
    [16 / 1024, 512, 512],
    [100 / 1024, 512, 1024],
    [1, 512, 4096],
    [8, 512, 4096],
    [16, 512, 8192],
    [32, 512, 16_384],
    [33, 512, 32_768],
    [2047, 512, 32_768],
    [2048, 4096, 32_768],
    [16_000, 4096, 65_536],
  ])(
    'cuts %d GiB into sectors of %d and clusters of %d bytes',
    (gib, sectorBytes, clusterBytes) => {
      const sizeBytes = gib * GIB;
      const layout = layoutFat32(sizeBytes);
      expect(layout.sectorBytes).toBe(sectorBytes);
      expect(layout.sectorsPerCluster * sectorBytes).toBe(clusterBytes);
      expect((layout.fatSectors * sectorBytes) % 4096).toBe(0);
      expect((layout.fatSectors * sectorBytes) / 4).toBeGreaterThanOrEqual(layout.clusters + 2);
      const used = (32 + 2 * layout.fatSectors) * sectorBytes + layout.clusters * clusterBytes;
      expect(used).toBeLessThanOrEqual(sizeBytes);
      expect(sizeBytes - used).toBeLessThan(clusterBytes + sectorBytes);
    },
  );

  it('refuses what 32-bit sector numbers cannot name, and what is too small', () => {
    const invalid = expect.objectContaining({ code: 'size-invalid' });
    expect(() => layoutFat32(2 ** 32 * 4096)).toThrow(invalid);
    expect(() => layoutFat32(2 ** 32 * 512, 512)).toThrow(invalid);
    expect(() => layoutFat32(1000)).toThrow(invalid);
  });
});

describe('makeShortName()', () => {
  const none = (): boolean => false;

  it.each([
    ['README.TXT', 'README  TXT', false],
    ['readme.txt', 'README  TXT', false],
    ['Readme.txt', 'README  TXT', true],
    ['a long name.text', 'ALONGN~1TEX', true],
    ['.profile', 'PROFIL~1   ', true],
    ['a.b.c', 'AB~1    C  ', true],
    ['日本.txt', '__~1    TXT', true],
    ['a+b', 'A_B~1      ', true],
  ])('of %j is %j', (text, packed, needsLongName) => {
    const short = makeShortName(text, none);
    expect([short.bytes.toString('latin1'), short.needsLongName]).toEqual([packed, needsLongName]);
  });

  it('counts to 4, then hashes, and never gives one that is taken', () => {
    const taken = new Set<string>();
    for (let i = 0; i < 500; i += 1) {
      const { bytes } = makeShortName('the same long name.txt', (key) => taken.has(key));
      const alias = readShortName(bytes, 0);
      expect(taken.has(alias)).toBe(false);
      taken.add(alias);
    }
    expect([...taken].slice(0, 4)).toEqual([1, 2, 3, 4].map((n) => `THESAM~${n}.TXT`));
  });

  it('reads code page 437 and the mark for 0xE5', () => {
    expect(readShortName(Buffer.from('\x05\x84\x81     TXT', 'latin1'), 0)).toBe('σäü.TXT');
    expect(readShortName(Buffer.from('NAME    TXT', 'latin1'), 0x18)).toBe('name.txt');
  });
});

describe('encodeSlots() and visitSlots()', () => {
  it.each([1, 12, 13, 14, 26, 27, 255])('round-trip a name of %d units', (length) => {
    const text = 'ä'.repeat(length);
    const short = Buffer.alloc(32, ' ');
    short.write('NAME~1  TXT', 'latin1').toString();
    short[11] = 0x20;
    const slots = encodeSlots(text, short);
    expect(slots).toHaveLength((Math.ceil(length / 13) + 1) * 32);
    const seen: string[] = [];
    const orphans: number[] = [];
    const visitor = {
      onEntry: (entry: { name: string }): boolean => seen.push(entry.name) > 0,
      onOther: (slot: number): void => void orphans.push(slot),
    };
    visitSlots(slots, 0, visitor);
    expect([seen, orphans]).toEqual([[text], []]);
    slots[slots.length - 33] = (slots[slots.length - 33] ?? 0) ^ 1;
    slots[13] = (slots[13] ?? 0) ^ 1;
    visitSlots(slots, 0, visitor);
    expect(seen[1]).toBe('NAME~1.TXT');
    expect(orphans).toHaveLength(Math.ceil(length / 13));
  });
});

describe('foldCase()', () => {
  it('folds unit by unit and never into ASCII', () => {
    expect(foldCase('aßıÿé🦊')).toBe('Aßı\u0178É🦊');
  });
});

describe('FAT times', () => {
  it.each([315_532_800, 1_700_000_000, 1_709_208_000, 4_354_819_198])('keep %d', (seconds) => {
    expect(decodeTime(encodeDate(seconds), encodeTime(seconds))).toBe(seconds);
  });

  it('stay in the range of FAT', () => {
    expect([clampSeconds(-5), clampSeconds(1e12), clampSeconds(1_700_000_001)]).toEqual([
      315_532_800, 4_354_819_198, 1_700_000_000,
    ]);
    expect(Number.isFinite(decodeTime(0, 0xffff))).toBe(true);
  });
});

describe('ClusterMap', () => {
  it('finds clusters, runs and the end, and is cut', () => {
    const map = new ClusterMap();
    map.append(10, 3);
    map.append(13, 2);
    map.append(40, 5);
    expect([map.count, map.runCount, map.first, map.last]).toEqual([10, 2, 10, 44]);
    expect([0, 4, 5, 9].map((index) => map.clusterAt(index))).toEqual([10, 14, 40, 44]);
    expect([map.contiguousFrom(0), map.contiguousFrom(7)]).toEqual([5, 3]);
    const cut: number[][] = [];
    map.truncate(3, (cluster, length) => cut.push([cluster, length]));
    expect(cut).toEqual([
      [40, 5],
      [13, 2],
    ]);
    expect([map.count, map.last]).toEqual([3, 12]);
  });
});
