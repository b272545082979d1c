import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const ENTRY = fileURLToPath(new URL('../../../main/cli/lockline.ts', import.meta.url));
const isRoot = process.getuid?.() === 0;

function start(environment: Readonly<Record<string, string>>): void {
  const env = { PATH: process.env['PATH'] ?? '', ...environment };
  execFileSync(process.execPath, [ENTRY, '--version'], { env });
}

describe.skipIf(process.platform !== 'linux')('enableOwnCompileCache()', () => {
  it('keeps compiled code in a private folder of the user, and never in the shared one', () => {
    using folder = temporaryFolder();
    const shared = folder.file('tmp');
    mkdirSync(shared);
    start({ HOME: folder.path, TMPDIR: shared });
    expect(readdirSync(shared)).toEqual([]);
    const own = folder.file('.cache/lockline');
    expect(statSync(own).mode & 0o777).toBe(0o700);
    expect(readdirSync(own)).toEqual(['code']);
  });

  it.each([
    ['others can write to it', (own: string) => chmodSync(own, 0o777)],
    ['others can put another in its place', (own: string) => chmodSync(`${own}/..`, 0o777)],
  ])('keeps none when %s', (_, open) => {
    using folder = temporaryFolder();
    const own = folder.file('.cache/lockline');
    mkdirSync(own, { recursive: true });
    open(own);
    start({ HOME: folder.path });
    expect(readdirSync(own)).toEqual([]);
  });

  it.skipIf(!isRoot)('keeps none when another user owns a folder above', () => {
    using folder = temporaryFolder();
    const own = folder.file('.cache/lockline');
    mkdirSync(own, { recursive: true, mode: 0o700 });
    chownSync(folder.file('.cache'), 65534, 65534);
    start({ HOME: folder.path });
    expect(readdirSync(own)).toEqual([]);
  });

  it('starts without a home', () => {
    using folder = temporaryFolder();
    start({ HOME: folder.file('missing') });
    start({ HOME: '/proc', TMPDIR: tmpdir() });
    expect(existsSync('/proc/.cache')).toBe(false);
  });
});
