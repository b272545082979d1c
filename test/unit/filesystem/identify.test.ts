import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MemoryDevice } from '../../../main/block/memory-device.ts';
import { identifyFilesystem } from '../../../main/filesystem/identify.ts';
import { MIB, newFatVolume, withImage } from '../../support/fat-fixture.ts';
import { requireTool } from '../../support/require-tool.ts';

function identify(bytes: Uint8Array): string {
  return identifyFilesystem(new MemoryDevice(bytes));
}

describe('identifyFilesystem()', () => {
  const magics: readonly (readonly [string, number, string])[] = [
    ['crypto_LUKS', 0, 'LUKS\xba\xbe'],
    ['xfs', 0, 'XFSB'],
    ['ntfs', 3, 'NTFS    '],
    ['exfat', 3, 'EXFAT   '],
    ['btrfs', 0x10040, '_BHRfS_M'],
    ['iso9660', 0x8001, 'CD001'],
  ];
  it.each(magics)('knows %s by its magic', (type, offset, magic) => {
    const bytes = Buffer.alloc(MIB);
    bytes.write(magic, offset, 'latin1');
    expect(identify(bytes)).toBe(type);
  });

  it('knows an LVM member in any of the first four sectors', () => {
    const bytes = Buffer.alloc(MIB);
    bytes.write('LABELONE', 512, 'latin1');
    bytes.write('LVM2 001', 512 + 24, 'latin1');
    expect(identify(bytes)).toBe('LVM2_member');
  });

  it('says unknown of zeros, of garbage and of a device of no size', () => {
    expect(identify(Buffer.alloc(MIB))).toBe('unknown');
    expect(identify(Buffer.alloc(MIB, 0xa5))).toBe('unknown');
    expect(identify(Buffer.alloc(0))).toBe('unknown');
  });

  it('knows a volume that formatFat32 made', () => {
    expect(identify(newFatVolume(16).bytes)).toBe('vfat');
  });
});

describe.skipIf(!requireTool('mke2fs', 'e2fsprogs'))('identifyFilesystem() and blkid', () => {
  it.each(['ext2', 'ext3', 'ext4'])('agree on %s', (type) => {
    const bytes = withImage(Buffer.alloc(16 * MIB), (image) => {
      expect(spawnSync('mke2fs', ['-q', '-t', type, image]).status).toBe(0);
      const shown = spawnSync('blkid', ['-p', '-o', 'value', '-s', 'TYPE', image]);
      expect(shown.stdout.toString().trim()).toBe(type);
      return readFileSync(image);
    });
    expect(identify(bytes)).toBe(type);
  });

  it('agree on swap, FAT12 and FAT16', () => {
    for (const [program, args, type] of [
      ['mkswap', [], 'swap'],
      ['mkfs.fat', ['-F', '12'], 'vfat'],
      ['mkfs.fat', ['-F', '16'], 'vfat'],
    ] as const) {
      const bytes = withImage(Buffer.alloc(16 * MIB), (image) => {
        expect(spawnSync(program, [...args, image]).status).toBe(0);
        return readFileSync(image);
      });
      expect(identify(bytes)).toBe(type);
    }
  });
});
