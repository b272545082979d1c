import { mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findDropped, usualFolders } from '../../../main/ipc/find-dropped.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('findDropped()', () => {
  it('finds the file of this name, size and time, and no other', () => {
    using folder = temporaryFolder();
    mkdirSync(folder.file('Documents'));
    const path = folder.file('Documents/Tax.luks');
    writeFileSync(path, 'twelve bytes');
    utimesSync(path, 1_700_000_000.123, 1_700_000_000.123);
    const file = { sizeBytes: 12, modifiedMs: Math.floor(statSync(path).mtimeMs) };
    const folders = usualFolders(folder.path);
    expect(findDropped('Tax.luks', file, folders)).toBe(path);
    expect(findDropped('Tax.luks', { ...file, sizeBytes: 13 }, folders)).toBeNull();
    expect(findDropped('Tax.luks', { ...file, modifiedMs: 0 }, folders)).toBeNull();
    expect(findDropped('Other.luks', file, folders)).toBeNull();
    expect(findDropped('Documents', file, folders)).toBeNull();
  });

  it.each(['../Tax.luks', '/etc/passwd', 'a/b', 'a\0b', '..'])('takes no path: %j', (name) => {
    using folder = temporaryFolder();
    const { size, mtimeMs } = statSync('/etc/passwd');
    const file = { sizeBytes: size, modifiedMs: mtimeMs };
    expect(findDropped(name, file, [folder.path, '/etc'])).toBeNull();
  });
});
