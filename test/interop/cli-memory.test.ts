import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KIB, MIB } from '../../shared/units.ts';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline } from '../support/run-lockline.ts';

const hasFuse = requireTool('fusermount3', 'fuse3');

/** What the kernel reads ahead of programs on the filesystem of a folder. */
function readAheadKib(path: string): number {
  const number = statSync(path, { bigint: true }).dev;
  const major = (number >> 8n) & 0xfffn;
  const minor = (number & 0xffn) | ((number >> 12n) & 0xfff00n);
  return Number(readFileSync(`/sys/class/bdi/${major}:${minor}/read_ahead_kb`, 'utf8'));
}

describe.skipIf(!hasFuse)('cache and read-ahead of a mount', () => {
  it('are as they were said, pinned and tuned; the kernel knows', async () => {
    await using lockline = createLockline();
    const vault = lockline.folder.file('vault');
    const secret = ['--passphrase-file', lockline.passphraseFile('memory')];
    const mount = async (...options: readonly string[]) => {
      const { mountPoint, memory } = await lockline.json(['mount', vault, ...options, ...secret]);
      return { mountPoint: String(mountPoint), memory };
    };
    await lockline.json(['create', vault, '--size', '48M', ...CHEAP_KDF, ...secret]);

    const said = await mount('--cache-size', '16M', '--read-ahead', '0', '--pin');
    expect(said.memory).toEqual({ cacheBytes: 16 * MIB, readAheadBytes: 0 });
    expect(readAheadKib(said.mountPoint)).toBe(0);
    const tuned = await lockline.json(['tune', vault, '--read-ahead', '64K']);
    const wanted = { cacheBytes: 16 * MIB, readAheadBytes: 64 * KIB };
    expect(tuned).toMatchObject({ nextMount: wanted });
    expect(readAheadKib(said.mountPoint)).toBe(0);
    await lockline.json(['unmount', vault]);

    const pinned = await mount();
    expect(pinned.memory).toEqual(wanted);
    expect(readAheadKib(pinned.mountPoint)).toBe(64);
    await lockline.json(['tune', vault, '--read-ahead', 'default', '--cache-size', 'default']);
    await lockline.json(['unmount', vault]);

    const usual = await mount();
    expect(usual.memory).toEqual({ cacheBytes: null, readAheadBytes: null });
    expect(readAheadKib(usual.mountPoint)).toBe(128);
    await lockline.json(['unmount', vault]);
  }, 60_000);

  it.each([
    ['--cache-size', '1G'],
    ['--cache-size', 'much'],
    ['--read-ahead', '1M'],
  ])('refuse %s %s with a code and the name', async (option, value) => {
    await using lockline = createLockline();
    const { code, stderr } = await lockline.run(['tune', '/nowhere', option, value]);
    expect(code).toBe(2);
    expect(stderr).toContain('payload-invalid');
    expect(stderr).toContain(option);
  });
});
