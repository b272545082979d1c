import { readFileSync, writeFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline } from '../support/run-lockline.ts';

const hasTools = requireTool('fusermount3', 'fuse3');

describe.skipIf(!hasTools)('a command that is killed', () => {
  it('leaves the vault that it was mounting mounted, not crashed', async () => {
    await using lockline = createLockline();
    const file = lockline.folder.file('vault');
    const secret = ['--passphrase-file', lockline.passphraseFile('correct horse battery staple')];
    await lockline.json(['create', file, '--size', '48M', ...CHEAP_KDF, ...secret]);
    const child = lockline.start(['mount', file, ...secret]);
    const isMounted = () =>
      readFileSync('/proc/self/mountinfo', 'utf8').includes(lockline.folder.path);
    while (!isMounted()) await nextTurn();
    child.kill('SIGKILL');
    const look = async () => JSON.parse((await lockline.run(['list', '--json'])).stdout).vaults[0];
    let vault = await look();
    while (vault.state === 'locked') vault = await look();
    expect(vault).toMatchObject({ state: 'mounted' });
    writeFileSync(`${vault.mountPoint}/file`, 'x');
    expect((await lockline.run(['unmount', file])).code).toBe(0);
  });
});
