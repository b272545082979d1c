import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline } from '../support/run-lockline.ts';

const hasTools = requireTool('fusermount3', 'fuse3') && requireTool('prlimit', 'util-linux');

function writeSynced(path: string, text: string): void {
  const fd = openSync(path, 'w');
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

describe.skipIf(!hasTools)('a mounted ext4 vault whose storage fails', () => {
  it('is read-only from then on, says so everywhere, and keeps what was synced', async () => {
    await using lockline = createLockline();
    const file = lockline.folder.file('vault');
    const secret = ['--passphrase-file', lockline.passphraseFile('it breaks')];
    await lockline.json(['create', file, '--size', '64M', '--fs', 'ext4', ...CHEAP_KDF, ...secret]);
    const mounted = await lockline.json(['mount', file, ...secret]);
    const folder = String(mounted['mountPoint']);
    writeSynced(`${folder}/kept`, 'kept');
    // The system refuses its process every write behind the header: as good as a broken disk.
    execFileSync('prlimit', ['--pid', String(mounted['processId']), '--fsize=1000000']);
    expect(() => writeSynced(`${folder}/lost`, 'lost')).toThrow();
    expect(() => writeFileSync(`${folder}/more`, 'more')).toThrow(/EROFS/);
    expect(readFileSync(`${folder}/kept`, 'utf8')).toBe('kept');

    const { vaults } = (await lockline.json(['list'])) as { vaults: Record<string, unknown>[] };
    expect(vaults[0]).toMatchObject({ state: 'mounted', fault: { code: 'volume-read-only' } });
    expect((await lockline.run(['list'])).stdout).toContain('mounted, writing failed');
    expect((await lockline.run(['stats', file])).stdout).toContain(
      'what was not synced may be lost',
    );
    const refused = await lockline.run(['unmount', file]);
    expect(refused.code).not.toBe(0);
    await lockline.run(['unmount', file, '--force']);

    const again = await lockline.json(['mount', file, ...secret]);
    expect(again).toMatchObject({ isReadOnly: false });
    expect(readFileSync(`${String(again['mountPoint'])}/kept`, 'utf8')).toBe('kept');
    await lockline.json(['unmount', file]);
    expect(await lockline.json(['fsck', file, ...secret])).toMatchObject({ verdict: 'clean' });
  }, 180_000);
});
