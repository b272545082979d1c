import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  claimDefaultMountPoint,
  prepareMountPoint,
  releaseMountPoint,
  removeOwnMountPoint,
} from '../../../main/mount/mount-point.ts';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'lockline-points-')));
  vi.stubEnv('XDG_RUNTIME_DIR', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const invalid = expect.objectContaining({ code: 'mountpoint-invalid' });

describe('prepareMountPoint()', () => {
  it('takes an empty folder and resolves links above it', () => {
    mkdirSync(join(folder, 'real/point'), { recursive: true });
    symlinkSync('real', join(folder, 'link'));
    expect(prepareMountPoint(join(folder, 'link/point'))).toEqual({
      path: join(folder, 'real/point'),
      isCreated: false,
    });
  });

  it('refuses a link, a file and a missing folder', () => {
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', join(folder, 'link'));
    writeFileSync(join(folder, 'file'), '');
    for (const name of ['link', 'link/', 'file', 'missing', 'missing/deeper']) {
      expect(() => prepareMountPoint(join(folder, name).replace(/\/$/, ''))).toThrow(invalid);
    }
  });

  it('refuses a folder with anything in it', () => {
    writeFileSync(join(folder, '.hidden'), '');
    expect(() => prepareMountPoint(folder)).toThrow(
      expect.objectContaining({ code: 'mountpoint-not-empty' }),
    );
  });
});

describe('claimDefaultMountPoint()', () => {
  it('makes a private folder named after the volume, another for the second of a name', () => {
    const first = claimDefaultMountPoint('Photos');
    expect(first).toEqual({ path: join(folder, 'lockline/mounts/Photos'), isCreated: true });
    expect(statSync(first.path).mode & 0o777).toBe(0o700);
    expect(claimDefaultMountPoint('Photos').path).toBe(`${first.path}-2`);
    releaseMountPoint(first);
    expect(existsSync(first.path)).toBe(false);
  });

  it.each([
    ['../../etc', '_.._etc'],
    ['...', 'vault'],
    ['', 'vault'],
    ['-rf', 'rf'],
    ['a\nb\0c', 'a_b_c'],
    ['Ünïcode 文字', 'Ünïcode 文字'],
    ['é'.repeat(200), 'é'.repeat(50)],
  ])('names the folder of %j safely', (volumeName, name) => {
    expect(claimDefaultMountPoint(volumeName).path).toBe(join(folder, 'lockline/mounts', name));
  });

  it('does not use a runtime folder that others can enter', () => {
    const runtime = join(folder, 'runtime');
    mkdirSync(runtime);
    chmodSync(runtime, 0o755);
    vi.stubEnv('XDG_RUNTIME_DIR', runtime);
    vi.stubEnv('TMPDIR', folder);
    expect(claimDefaultMountPoint('x').path.startsWith(runtime)).toBe(false);
  });

  it('refuses a Lockline folder that is a link or open to others', () => {
    mkdirSync(join(folder, 'elsewhere'), { mode: 0o700 });
    symlinkSync('elsewhere', join(folder, 'lockline'));
    expect(() => claimDefaultMountPoint('x')).toThrow(
      expect.objectContaining({ code: 'permission-denied' }),
    );
    rmSync(join(folder, 'lockline'));
    mkdirSync(join(folder, 'lockline'));
    chmodSync(join(folder, 'lockline'), 0o777);
    expect(() => claimDefaultMountPoint('x')).toThrow(
      expect.objectContaining({ code: 'permission-denied' }),
    );
  });
});

describe('removeOwnMountPoint()', () => {
  it('removes empty folders of ours alone', () => {
    const other = join(folder, 'other');
    mkdirSync(other);
    removeOwnMountPoint(other);
    expect(existsSync(other)).toBe(true);
    const full = claimDefaultMountPoint('full');
    writeFileSync(join(full.path, 'x'), '');
    utimesSync(full.path, 1, 1);
    releaseMountPoint(full);
    expect(existsSync(full.path)).toBe(true);
  });
});
