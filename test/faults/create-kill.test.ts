import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SessionRequest } from '../../main/session/session-request.ts';
import { DEFAULT_CREATE_OPTIONS } from '../../shared/model/create-options.ts';
import { MIB } from '../../shared/units.ts';
import { decryptIndependently, readIndependentVolume } from '../support/independent-volume.ts';
import { requireTool } from '../support/require-tool.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runVaultProcess } from '../support/vault-process.ts';

const hasTools =
  requireTool('strace', 'strace') &&
  requireTool('cryptsetup', 'cryptsetup-bin') &&
  requireTool('fsck.fat', 'dosfstools');

/** Every call by which `create` changes the storage. */
const CALLS = ['pwrite64', 'fsync', 'ftruncate', 'renameat2', 'fallocate'] as const;
const PASSPHRASE = 'correct horse';
const MAXIMUM_POINTS = 400;

function createRequest(path: string): SessionRequest {
  return {
    verb: 'create',
    path,
    options: {
      ...DEFAULT_CREATE_OPTIONS,
      sizeBytes: 32 * MIB,
      allocate: true,
      kdf: { type: 'pbkdf2', forcedIterations: 1000 },
    },
  };
}

/** A complete vault: cryptsetup opens it, and the filesystem in it is clean. */
async function assertComplete(
  folder: ReturnType<typeof temporaryFolder>,
  path: string,
): Promise<void> {
  const keyfile = folder.file('key');
  writeFileSync(keyfile, PASSPHRASE);
  execFileSync('cryptsetup', ['open', '--test-passphrase', '--key-file', keyfile, path]);
  const image = folder.file('plain.img');
  const volume = await readIndependentVolume(path, PASSPHRASE);
  writeFileSync(image, decryptIndependently(path, volume));
  expect(spawnSync('fsck.fat', ['-n', image]).status).toBe(0);
}

describe.skipIf(!hasTools)('create, killed', () => {
  it.each(CALLS)(
    'at every %s leaves a complete vault or none',
    async (call) => {
      let points = 0;
      for (let when = 1; when <= MAXIMUM_POINTS; when += 1) {
        using folder = temporaryFolder();
        const path = folder.file('vault');
        const inject = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`];
        const { signal } = await runVaultProcess(
          [...inject, '-e', `inject=${call}:signal=KILL:when=${when}`],
          createRequest(path),
          PASSPHRASE,
        );
        if (existsSync(path)) await assertComplete(folder, path);
        if (signal !== 'SIGKILL') {
          expect(existsSync(path)).toBe(true);
          break;
        }
        points += 1;
      }
      expect(points).toBeGreaterThan(0);
      expect(points).toBeLessThan(MAXIMUM_POINTS);
    },
    300_000,
  );

  it('is cleaned up after by the next creation in the folder', async () => {
    using folder = temporaryFolder();
    const inject = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=renameat2'];
    const kill = [...inject, '-e', 'inject=renameat2:error=EIO:signal=KILL:when=1'];
    await runVaultProcess(kill, createRequest(folder.file('first')), PASSPHRASE);
    expect(readdirSync(folder.path).filter((name) => name.endsWith('.partial'))).toHaveLength(1);
    await runVaultProcess([], createRequest(folder.file('second')), PASSPHRASE);
    expect(readdirSync(folder.path)).toEqual(['second']);
  });
});
