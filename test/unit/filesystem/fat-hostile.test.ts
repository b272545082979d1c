import { describe, expect, it } from 'vitest';
import { MemoryDevice } from '../../../main/block/memory-device.ts';
import type { FileSystem } from '../../../main/filesystem/file-system.ts';
import { FileSystemError } from '../../../main/filesystem/file-system-error.ts';
import { VaultError } from '../../../shared/errors/vault-error.ts';
import {
  attributesOf,
  CREATOR,
  list,
  mountFat,
  name,
  newCache,
  newFatVolume,
  PLAIN,
  putFile,
  Random,
} from '../../support/fat-fixture.ts';

const FAT_BYTES = 32 * 512;
const SEED = Number(process.env['FAT_HOSTILE_SEED'] ?? 7);

type Sample = Readonly<{
  bytes: Buffer;
  firstCluster: number;
  rootBytes: number;
  fatBytes: number;
}>;

/** A clean volume with one directory `dir`, a file `dir/inner` and a file `file` of ten clusters. */
function sample(): Sample {
  const device = newFatVolume(4);
  const cache = newCache(device);
  const fileSystem = mountFat(cache);
  const folder = fileSystem.makeDirectory(1, name('dir'), 0o700, CREATOR);
  putFile(fileSystem, folder, 'inner', Buffer.from('inner'));
  putFile(fileSystem, 1, 'file', Buffer.alloc(5120, 1));
  fileSystem[Symbol.dispose]();
  const bytes = Buffer.from(device.bytes);
  const fatBytes = bytes.readUInt32LE(36) * 512;
  const rootBytes = FAT_BYTES + 2 * fatBytes;
  const at = shortEntry(bytes, rootBytes, 'FILE    ');
  return { bytes, firstCluster: bytes.readUInt16LE(at + 26), rootBytes, fatBytes };
}

function shortEntry(bytes: Buffer, from: number, base: string): number {
  const at = bytes.indexOf(base, from, 'latin1');
  if (at < 0) throw new Error(`no ${base}`);
  return at;
}

function mountImage(bytes: Buffer): FileSystem {
  return mountFat(newCache(new MemoryDevice(bytes)));
}

/** Uses all that can be reached, and changes it: only coded refusals may come out. */
function exercise(fileSystem: FileSystem): string[] {
  const refusals: string[] = [];
  const tolerate = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      if (!(error instanceof FileSystemError)) throw error;
      refusals.push(error.errno);
    }
  };
  const visit = (node: number, depth: number): void => {
    let names: string[] = [];
    tolerate(() => {
      names = list(fileSystem, node).slice(0, 50);
    });
    for (const text of names) {
      tolerate(() => {
        const child = fileSystem.lookup(node, name(text));
        const { kind, sizeBytes } = attributesOf(fileSystem, child);
        if (kind === 'directory' && depth < 5) visit(child, depth + 1);
        if (kind === 'file') {
          fileSystem.read(child, 0, Buffer.alloc(Math.min(sizeBytes, 100_000)));
          fileSystem.write(child, Math.min(sizeBytes, 200_000), Buffer.alloc(2000, 3));
          fileSystem.setAttributes(child, { sizeBytes: 10 });
        }
        fileSystem.forget(child, 1);
      });
      tolerate(() => fileSystem.rename(node, name(text), 1, name(`new ${text}`), PLAIN));
      tolerate(() => fileSystem.unlink(1, name(`new ${text}`)));
    }
    tolerate(() => fileSystem.create(node, name('made'), 0o600, CREATOR));
  };
  tolerate(() => visit(1, 0));
  tolerate(() => fileSystem.sync());
  tolerate(() => fileSystem[Symbol.dispose]());
  return refusals;
}

function setLink(image: Sample, cluster: number, value: number): void {
  for (const at of [FAT_BYTES, FAT_BYTES + image.fatBytes]) {
    image.bytes.writeUInt32LE(value, at + cluster * 4);
  }
}

describe('mountFat32() refuses a boot sector', () => {
  const cases: readonly (readonly [string, number, number[], string])[] = [
    ['without signature', 510, [0, 0], 'filesystem-damaged'],
    ['with a sector size of 513', 11, [1, 2], 'filesystem-damaged'],
    ['with clusters of 0 sectors', 13, [0], 'filesystem-damaged'],
    ['with clusters of 3 sectors', 13, [3], 'filesystem-damaged'],
    ['without reserved sectors', 14, [0, 0], 'filesystem-damaged'],
    ['without a FAT', 16, [0], 'filesystem-damaged'],
    ['with 200 FATs', 16, [200], 'filesystem-damaged'],
    ['of FAT16', 22, [1, 0], 'filesystem-unsupported'],
    ['of a newer version', 42, [1, 0], 'filesystem-unsupported'],
    ['larger than the device', 32, [0xff, 0xff, 0xff, 0xff], 'filesystem-damaged'],
    ['with a FAT over everything', 36, [0xff, 0xff, 0xff, 0xff], 'filesystem-damaged'],
    ['with root cluster 0', 44, [0, 0, 0, 0], 'filesystem-damaged'],
    ['with a root cluster outside', 44, [0, 0, 0xff, 0], 'filesystem-damaged'],
    ['with an active FAT that is not there', 40, [0x8f, 0], 'filesystem-damaged'],
  ];
  it.each(cases)('%s', (_title, offset, bytes, code) => {
    const image = sample();
    image.bytes.set(bytes, offset);
    expect(() => mountImage(image.bytes)).toThrow(expect.objectContaining({ code }));
  });

  it('of a device that is too small', () => {
    const mount = (): FileSystem => mountImage(Buffer.alloc(100));
    expect(mount).toThrow(expect.objectContaining({ code: 'filesystem-damaged' }));
  });
});

describe('a damaged volume', () => {
  const damages: Readonly<Record<string, (image: Sample) => void>> = {
    'chain that loops': (image) => setLink(image, image.firstCluster + 5, image.firstCluster),
    'chain that is its own loop': (image) => setLink(image, image.firstCluster, image.firstCluster),
    'chain into a free cluster': (image) => setLink(image, image.firstCluster + 2, 0),
    'chain out of the volume': (image) => setLink(image, image.firstCluster + 2, 0x0ffffff0),
    'size larger than the chain': (image) => setLink(image, image.firstCluster + 2, 0x0fffffff),
    'first cluster out of the volume': ({ bytes, rootBytes }) =>
      bytes.writeUInt16LE(0xfff0, shortEntry(bytes, rootBytes, 'FILE    ') + 26),
    'content without a first cluster': ({ bytes, rootBytes }) =>
      bytes.writeUInt16LE(0, shortEntry(bytes, rootBytes, 'FILE    ') + 26),
  };
  it.each(Object.entries(damages))('%s: EIO, then read-only', (_title, damage) => {
    const image = sample();
    damage(image);
    const fileSystem = mountImage(image.bytes);
    const node = fileSystem.lookup(1, name('file'));
    const read = (): number => fileSystem.read(node, 0, Buffer.alloc(5120));
    expect(read).toThrow(expect.objectContaining({ errno: 'EIO' }));
    const create = (): number => fileSystem.create(1, name('x'), 0o600, CREATOR);
    expect(create).toThrow(expect.objectContaining({ errno: 'EROFS' }));
    expect(fileSystem.isReadOnly).toBe(true);
  });

  it('refuses a directory that is its own ancestor', () => {
    const image = sample();
    image.bytes.writeUInt16LE(2, shortEntry(image.bytes, image.rootBytes, 'DIR     ') + 26);
    const fileSystem = mountImage(image.bytes);
    const look = (): number => fileSystem.lookup(1, name('dir'));
    expect(look).toThrow(expect.objectContaining({ errno: 'EIO' }));
  });

  it('shows names that no kernel takes in another form, under which they are found', () => {
    const image = sample();
    image.bytes.write('F/\0E    ', shortEntry(image.bytes, image.rootBytes, 'FILE    '), 'latin1');
    const fileSystem = mountImage(image.bytes);
    const [shown = ''] = list(fileSystem, 1).filter((text) => text.toUpperCase().startsWith('F'));
    expect(shown).not.toMatch(/[/\0]/);
    expect(fileSystem.lookup(1, name(shown))).toBeGreaterThan(1);
  });

  it('mounts read-only where it is dirty and damaged beyond what a cut leaves', () => {
    const image = sample();
    setLink(image, image.firstCluster + 2, 0);
    image.bytes[65] = 1;
    const before = Buffer.from(image.bytes);
    expect(mountImage(image.bytes).isReadOnly).toBe(true);
    expect(before.subarray(image.rootBytes).equals(image.bytes.subarray(image.rootBytes))).toBe(
      true,
    );
  });
});

describe('bytes changed at random', () => {
  it(`end in coded refusals alone, seed ${SEED}`, { timeout: 120_000 }, () => {
    const random = new Random(SEED);
    const { bytes, rootBytes } = sample();
    const regions = [90, 1024, FAT_BYTES + 200, rootBytes + 8192];
    let mounted = 0;
    for (let round = 0; round < 1500; round += 1) {
      const image = Buffer.from(bytes);
      for (let change = random.below(8); change >= 0; change -= 1) {
        const limit = random.pick(regions);
        const at = limit > rootBytes ? rootBytes + random.below(8192) : random.below(limit);
        image[at] = random.below(256);
      }
      try {
        const fileSystem = mountImage(image);
        mounted += 1;
        exercise(fileSystem);
      } catch (error) {
        if (!(error instanceof VaultError)) throw new Error(`round ${round}`, { cause: error });
      }
    }
    expect(mounted).toBeGreaterThan(300);
  });
});
