import { describe, expect, it } from 'vitest';
import { hasNativeAddon } from '../support/build-native.ts';
import { createLockline } from '../support/run-lockline.ts';

const isBuilt = hasNativeAddon();

describe('lockline providers', () => {
  it('tells state, implementation and self-test of each, as one JSON document', async () => {
    await using lockline = createLockline();
    const { providers } = await lockline.json(['providers']);
    const passed = { selfTestMs: expect.any(Number), reason: null };
    expect(providers).toEqual([
      isBuilt
        ? { name: 'native', state: 'default', implementation: expect.any(String), ...passed }
        : {
            name: 'native',
            state: 'missing',
            implementation: null,
            selfTestMs: null,
            reason: 'it was not built: npm ci builds it where there is a C compiler',
          },
      {
        name: 'ecb-wasm',
        state: isBuilt ? 'available' : 'default',
        implementation: null,
        ...passed,
      },
      { name: 'noble', state: 'available', implementation: null, ...passed },
    ]);
  });

  it('prints a line each for people', async () => {
    await using lockline = createLockline();
    const { code, stdout } = await lockline.run(['providers']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ecb-wasm +(available|in use by default) +- +passed in [\d.]+ ms/m);
  });
});
