import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileDevice } from '../../main/block/file-device.ts';
import { readLuks2 } from '../../main/luks/read-luks2.ts';
import type { JsonObject, JsonValue } from '../../main/luks/strict-json.ts';
import { updateHeader } from '../../main/luks/update-header.ts';
import { cryptsetupOk } from '../support/cryptsetup.ts';
import { decryptIndependently, readIndependentVolume } from '../support/independent-volume.ts';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline, type Lockline } from '../support/run-lockline.ts';
import { runVaultProcess } from '../support/vault-process.ts';

const hasTools =
  requireTool('fusermount3', 'fuse3') &&
  requireTool('fsck.fat', 'dosfstools') &&
  requireTool('strace', 'strace') &&
  requireTool('cryptsetup', 'cryptsetup-bin');
const PASSPHRASE = 'correct horse battery staple';
const MIB = 1024 ** 2;

const withPassphrase = (lockline: Lockline) => [
  '--passphrase-file',
  lockline.passphraseFile(PASSPHRASE),
];

async function mountPointOf(lockline: Lockline, file: string): Promise<string> {
  return String((await lockline.json(['mount', file, ...withPassphrase(lockline)]))['mountPoint']);
}

/** A vault with files in folders. */
async function filledVault(lockline: Lockline, size: string, fs = 'fat32'): Promise<string> {
  const file = lockline.folder.file('vault');
  const create = ['create', file, '--size', size, '--fs', fs, ...CHEAP_KDF];
  await lockline.json([...create, ...withPassphrase(lockline)]);
  const folder = await mountPointOf(lockline, file);
  for (let i = 0; i < 20; i += 1) {
    const place = join(folder, `folder ${i % 4}`);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, `a long name ${i}.bin`), randomBytes(i * 9_999));
  }
  await lockline.json(['unmount', file]);
  return file;
}

/** Every file of a mounted vault with the hash of its content. */
async function filesOf(lockline: Lockline, file: string): Promise<readonly string[]> {
  const folder = await mountPointOf(lockline, file);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  const files = names.map((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return `${name}/`;
    return `${name} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
  });
  await lockline.json(['unmount', file]);
  return files;
}

async function fsckStatus(lockline: Lockline, file: string, fs = 'fat32') {
  const plain = lockline.folder.file('plain.img');
  writeFileSync(plain, decryptIndependently(file, await readIndependentVolume(file, PASSPHRASE)));
  const [program, option] =
    fs === 'ext4' ? (['e2fsck', '-fn'] as const) : (['fsck.fat', '-n'] as const);
  return spawnSync(program, [option, plain]).status;
}

describe.skipIf(!hasTools)('lockline resize', () => {
  it.each([
    ['fat32', 'vfat'],
    ['ext4', 'ext4'],
  ])(
    'makes file, volume and %s larger, and keeps every file',
    async (fs, filesystem) => {
      await using lockline = createLockline();
      const file = await filledVault(lockline, '64M', fs);
      const before = await filesOf(lockline, file);
      const resize = ['resize', file, ...withPassphrase(lockline)];
      expect(await lockline.json([...resize, '--size', '200M'])).toMatchObject({
        containerBytes: 200 * MIB,
        volumeBytes: 184 * MIB,
        filesystem,
        hasGrownFilesystem: true,
      });
      expect(statSync(file).size).toBe(200 * MIB);
      expect(await fsckStatus(lockline, file, fs)).toBe(0);
      expect(await filesOf(lockline, file)).toEqual(before);
      const folder = await mountPointOf(lockline, file);
      writeFileSync(join(folder, 'large'), Buffer.alloc(120 * MIB, 7));
      await lockline.json(['unmount', file]);
      expect(await fsckStatus(lockline, file, fs)).toBe(0);
      const smaller = await lockline.run([...resize, '--size', '100M']);
      expect(smaller.code).toBe(2);
      expect(smaller.stderr).toContain('size-invalid');
      expect(statSync(file).size).toBe(200 * MIB);
    },
    180_000,
  );

  it('writes the size of a segment that has one, as cryptsetup reads it', async () => {
    await using lockline = createLockline();
    const file = await filledVault(lockline, '64M');
    fixSegment(file, 48 * MIB);
    const before = await filesOf(lockline, file);
    await lockline.json(['resize', file, '--size', '128M', ...withPassphrase(lockline)]);
    expect(await cryptsetupOk(['luksDump', file])).toContain(`length: ${112 * MIB} [bytes]`);
    expect(await filesOf(lockline, file)).toEqual(before);
    expect(await lockline.json(['check', file])).toMatchObject({ verdict: 'fine' });
  });

  it('grows only the volume where the filesystem is not its own', async () => {
    await using lockline = createLockline();
    const file = lockline.folder.file('raw');
    const options = ['--size', '48M', '--fs', 'none', ...CHEAP_KDF];
    await lockline.json(['create', file, ...options, ...withPassphrase(lockline)]);
    const resize = ['resize', file, ...withPassphrase(lockline), '--size'];
    expect(await lockline.json([...resize, '96M'])).toMatchObject({ hasGrownFilesystem: false });
    expect((await lockline.run([...resize, '64M'])).code).toBe(2);
    expect(statSync(file).size).toBe(96 * MIB);
  });

  it.each([
    ['ftruncate', 'fat32', [1, 2]],
    ['fsync', 'fat32', [1, 3, 4, 6]],
    ['pwrite64', 'fat32', [1, 3, 8, 21, 55]],
    ['pwrite64', 'ext4', [2, 9, 21]],
  ] as const)(
    'killed at %s leaves every file of %s, and can be repeated',
    async (call, fs, points) => {
      await using lockline = createLockline();
      const whole = await filledVault(lockline, '40M', fs);
      const before = await filesOf(lockline, whole);
      const file = lockline.folder.file('cut');
      let killed = 0;
      for (const when of points) {
        copyFileSync(whole, file);
        const strace = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`];
        const { signal } = await runVaultProcess(
          [...strace, '-e', `inject=${call}:signal=KILL:when=${when}`],
          { verb: 'resize', path: file, sizeBytes: 90 * MIB },
          PASSPHRASE,
        );
        if (signal === 'SIGKILL') killed += 1;
        expect(await filesOf(lockline, file)).toEqual(before);
        await lockline.json(['resize', file, '--size', '90M', ...withPassphrase(lockline)]);
        expect(statSync(file).size).toBe(90 * MIB);
        expect(await fsckStatus(lockline, file, fs)).toBe(0);
        execFileSync('rm', [file]);
      }
      expect(killed).toBeGreaterThan(points.length / 2);
    },
    240_000,
  );
});

/** Gives the one segment of a container a size of its own. */
function fixSegment(file: string, sizeBytes: number): void {
  using device = FileDevice.open(file, { isReadOnly: false });
  const loaded = readLuks2(device);
  const { root } = loaded.header.metadata;
  const change = (parent: JsonObject, name: string, value: JsonValue) =>
    new Map([...parent, [name, value]]);
  const segments = root.get('segments') as JsonObject; // a valid header has both
  const segment = segments.get('0') as JsonObject;
  const resized = change(segments, '0', change(segment, 'size', String(sizeBytes)));
  updateHeader(device, loaded, { root: change(root, 'segments', resized) });
}
