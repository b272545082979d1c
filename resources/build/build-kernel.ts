/** Compiles the XTS mask kernel to WebAssembly, next to its source, where it is missing or older. */
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { KERNEL_MAXIMUM_PAGES } from '../../main/bytes/arena.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const source = 'main/crypto/mask-kernel/mask-kernel.as.ts';
/** What the compiled kernel depends on: the size of its memory, too. */
const inputs = [source, 'main/bytes/arena.ts', 'resources/build/build-kernel.ts'];
const target = 'main/crypto/mask-kernel/mask-kernel.wasm';

function isUpToDate(): boolean {
  const built = `${root}${target}`;
  if (!existsSync(built)) return false;
  return inputs.every((path) => statSync(built).mtimeMs >= statSync(`${root}${path}`).mtimeMs);
}

if (!isUpToDate()) {
  const compiler = fileURLToPath(import.meta.resolve('assemblyscript/bin/asc.js'));
  const options = [
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--enable',
    'simd',
    '--enable',
    'threads',
  ];
  const memory = [
    '--sharedMemory',
    '--importMemory',
    '--initialMemory',
    '1',
    '--maximumMemory',
    String(KERNEL_MAXIMUM_PAGES),
  ];
  execFileSync(process.execPath, [compiler, source, '-o', target, ...options, ...memory], {
    cwd: root,
    stdio: 'inherit',
  });
}
