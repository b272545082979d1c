/**
 * `npm run build`: the mask kernel, the native addon and the dm-crypt helper where they can be
 * built, the program as JavaScript, and the renderer, into `dist`.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assertImportsRewritten } from './assert-imports.ts';
import './build-dmcrypt.ts';
import './build-kernel.ts';
import { buildCliDocuments } from './build-cli-documents.ts';
import { NATIVE_ADDON } from './build-native.ts';
import { buildRenderer } from './build-renderer.ts';
import { sourceCommit } from './source-date.ts';

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
assertImportsRewritten(`${root}dist`);
copyFileSync(`${root}${KERNEL}`, `${root}dist/${KERNEL}`);
if (existsSync(`${root}${NATIVE_ADDON}`)) {
  mkdirSync(dirname(`${root}dist/${NATIVE_ADDON}`), { recursive: true });
  copyFileSync(`${root}${NATIVE_ADDON}`, `${root}dist/${NATIVE_ADDON}`);
}
buildCliDocuments();
writeFileSync(`${root}dist/build.json`, `${JSON.stringify({ commit: sourceCommit() })}\n`);
await buildRenderer();
