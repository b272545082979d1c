import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline } from '../support/run-lockline.ts';

const hasTools = requireTool('fusermount3', 'fuse3') && requireTool('python3', 'python3');

/** Changes more pages of a sparse file in mapped memory than the volume has room for. */
const MAP = `
import mmap, os, sys
file = open(sys.argv[1] + '/sparse', 'w+b')
file.truncate(64 << 20)
memory = mmap.mmap(file.fileno(), 64 << 20)
for at in range(0, 64 << 20, 4096): memory[at] = 65
if sys.argv[2] == 'asks':
    try: memory.flush(); sys.exit('nothing failed')
    except OSError: pass
    memory.close(); file.truncate(0); os.fsync(file.fileno())
`;

describe.skipIf(!hasTools)('mapped memory for which the volume has no room', () => {
  it.each([
    ['is told of at the lock where no program asked', 'forgets', 7],
    ['is no concern of the lock where the program was told', 'asks', 0],
  ])('%s', async (_title, program, code) => {
    await using lockline = createLockline();
    const file = lockline.folder.file('vault');
    const secret = ['--passphrase-file', lockline.passphraseFile('correct horse battery staple')];
    await lockline.json(['create', file, '--size', '48M', '--fs', 'ext4', ...CHEAP_KDF, ...secret]);
    const mounted = await lockline.json(['mount', file, ...secret]);
    execFileSync('python3', ['-c', MAP, String(mounted['mountPoint']), program]);
    const locked = await lockline.run(['unmount', file]);
    expect(locked).toMatchObject({ code });
    expect(locked.stderr.includes('no-space')).toBe(code === 7);
    // Told or not, nobody holds the container any more when the lock has been answered.
    await lockline.json(['mount', file, ...secret]);
    await lockline.json(['unmount', file]);
  });
});
