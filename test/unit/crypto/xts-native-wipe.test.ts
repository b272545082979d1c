import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hasNativeAddon } from '../../support/build-native.ts';

const isBuilt = hasNativeAddon();
const child = fileURLToPath(new URL('./xts-native-wipe-child.ts', import.meta.url));

describe.skipIf(!isBuilt)('the key schedule of a native transform', () => {
  it('is in memory while the transform lives, and gone after dispose or collection', () => {
    const run = spawnSync(process.execPath, ['--expose-gc', child], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    expect(JSON.parse(run.stdout)).toEqual({
      whileOpen: true,
      afterDispose: false,
      whileOpenAgain: true,
      afterCollection: false,
    });
  });
});
