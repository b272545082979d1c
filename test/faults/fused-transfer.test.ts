import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { KIB, MIB } from '../../shared/units.ts';
import { hasNativeAddon } from '../support/build-native.ts';
import { requireTool } from '../support/require-tool.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const canRun = hasNativeAddon() && requireTool('strace', 'strace');
const child = fileURLToPath(new URL('./fused-transfer-child.ts', import.meta.url));

/** Runs the child on a file of 1 MiB, under another program that makes its system calls fail. */
function runUnder(wrapper: (path: string) => readonly string[]): unknown {
  using folder = temporaryFolder();
  const path = folder.file('container');
  writeFileSync(path, new Uint8Array(MIB));
  const [program = '', ...args] = wrapper(path);
  const { stdout, stderr } = spawnSync(program, [...args, process.execPath, child, path], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

function injecting(fault: string): (path: string) => readonly string[] {
  return (path) => ['strace', '-f', '-qq', '-o', '/dev/null', '-P', path, '-e', `inject=${fault}`];
}

describe.skipIf(!canRun)('a native transfer of 1 MiB', () => {
  it('goes on after interrupted calls', () => {
    const outcome = runUnder(injecting('pread64,pwrite64:error=EINTR:when=1+2'));
    expect(outcome).toEqual({ write: 'done', read: 'equal', again: 'equal' });
  });

  it('reports a failing read once, with its place, and works afterwards', () => {
    const outcome = runUnder(injecting('pread64:error=EIO:when=3'));
    const data = { errno: 'EIO', operation: 'read', offsetBytes: 256 * KIB };
    expect(outcome).toEqual({ write: 'done', read: { code: 'io-error', data }, again: 'equal' });
  });

  it('reports a failing write once, with its place', () => {
    const outcome = runUnder(injecting('pwrite64:error=ENOSPC:when=2'));
    const data = { errno: 'ENOSPC', operation: 'write', offsetBytes: 128 * KIB };
    expect(outcome).toMatchObject({ write: { code: 'no-space', data } });
  });

  it('reports where a write came to a stop in the middle of a call', () => {
    // A limit on the size of files: the call that reaches it is short, the next one fails.
    const outcome = runUnder(() => ['bash', '-c', 'ulimit -f 200; exec "$@"', 'bash']);
    const data = { errno: 'EFBIG', operation: 'write', offsetBytes: 200 * KIB };
    expect(outcome).toMatchObject({ write: { code: 'no-space', data } });
  });
});
