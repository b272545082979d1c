import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { requireTool } from './require-tool.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Builds the native addon where it is not current, as installing does, and tells whether tests can
 * use it: not without a C compiler, which is a failure under `CI=true`.
 */
export function hasNativeAddon(): boolean {
  if (!requireTool('cc', 'build-essential')) return false;
  spawnSync(process.execPath, ['resources/build/build-native.ts'], { cwd: root, stdio: 'inherit' });
  if (!existsSync(`${root}main/native/build/lockline-native.node`))
    throw new Error('the native addon could not be built');
  return true;
}
