import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline } from '../support/run-lockline.ts';

const hasTools = requireTool('fusermount3', 'fuse3');

describe.skipIf(!hasTools)('two that mount a vault read-only at once', () => {
  it('do not leave it open behind the back of who locks it', async () => {
    await using lockline = createLockline();
    const file = lockline.folder.file('vault');
    const secret = ['--passphrase-file', lockline.passphraseFile('correct horse battery staple')];
    await lockline.json(['create', file, '--size', '48M', ...CHEAP_KDF, ...secret]);
    const mount = () => lockline.run(['mount', file, '--read-only', ...secret]);
    const outcomes = await Promise.all([mount(), mount(), mount()]);
    const isMounted = () =>
      readFileSync('/proc/self/mountinfo', 'utf8').includes(lockline.folder.path);
    // Two that see each other both give way.
    expect(outcomes.filter(({ code }) => code === 0).length).toBe(isMounted() ? 1 : 0);
    for (const { code, stderr } of outcomes.filter((outcome) => outcome.code !== 0))
      expect({ code, stderr }).toMatchObject({
        stderr: expect.stringContaining('already-unlocked'),
      });
    await lockline.run(['unmount', file]);
    expect(isMounted()).toBe(false);
  });
});
