/** `npm run build`: the mask kernel, the program as JavaScript, and the renderer, into `dist`. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import './build-kernel.ts';
import { buildRenderer } from './build-renderer.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const KERNEL = 'main/crypto/mask-kernel/mask-kernel.wasm';

rmSync(`${root}dist/main`, { recursive: true, force: true });
rmSync(`${root}dist/shared`, { recursive: true, force: true });
const compiler = `${root}node_modules/.bin/tsc`;
const { status } = spawnSync(compiler, ['-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);
copyFileSync(`${root}${KERNEL}`, `${root}dist/${KERNEL}`);
await buildRenderer();
