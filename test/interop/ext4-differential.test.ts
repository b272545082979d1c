import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { canMountExt4, e2fsck, makeExt4 } from '../support/ext4-image.ts';
import { mountExt4Image } from '../support/mount-ext4-image.ts';
import { isFullProof } from '../support/proof.ts';
import { requireTool } from '../support/require-tool.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const hasTools = [
  requireTool('mke2fs', 'e2fsprogs'),
  requireTool('getfattr', 'attr'),
  requireTool('python3', 'python3'),
  requireTool('fusermount3', 'fuse3'),
].every(Boolean);

const SCRIPT = fileURLToPath(new URL('../support/differ-ext4.py', import.meta.url));
const OPERATIONS = isFullProof ? 200_000 : 3000;
const SEED = 1;
const TIMEOUT_MS = 120_000 + OPERATIONS * 20;
const SIZE_MIB = 2048;
const ALIKE = /^\d+ operations, \d+ kinds of answer, \d+ nodes at the end, 0 differences$/m;

const VARIANTS = ['-t ext4', '-t ext4 -b 1024 -O ^metadata_csum,^64bit -I 128'];

/** Runs the operations in both folders; resolves to what the script has to say. */
async function differ(theirs: string, ours: string, operations: number): Promise<string> {
  const child = spawn('python3', [SCRIPT, theirs, ours, String(SEED), String(operations)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += String(chunk);
  });
  await once(child, 'close');
  return said;
}

/** A kernel's mount that ends with the test. */
function kernelMount(image: string, path: string): Disposable {
  execFileSync('mkdir', [path]);
  execFileSync('mount', ['-t', 'ext4', '-o', 'loop,nodev,nosuid', image, path]);
  return { [Symbol.dispose]: () => execFileSync('umount', [path]) };
}

describe.skipIf(!(hasTools && canMountExt4()))("our mount and the kernel's", () => {
  for (const [index, args] of VARIANTS.entries()) {
    const operations = Math.ceil(OPERATIONS / (index === 0 ? 1 : 4));
    it(`do ${operations} operations alike on ${args}`, { timeout: TIMEOUT_MS }, async () => {
      using folder = temporaryFolder();
      const [ours, theirs] = [folder.file('ours'), folder.file('theirs')];
      for (const image of [ours, theirs]) makeExt4(image, SIZE_MIB, args.split(' '));
      {
        using _kernel = kernelMount(theirs, folder.file('kernel'));
        await using mounted = await mountExt4Image(ours);
        const said = await differ(folder.file('kernel'), mounted.path, operations);
        expect(said).toMatch(ALIKE);
        await mounted.unmount();
      }
      for (const image of [ours, theirs]) {
        expect(e2fsck(image)).toEqual({ status: 0, complaints: '' });
      }
      // The kernel sees on our volume what it sees on its own.
      using _ours = kernelMount(ours, folder.file('ours.mnt'));
      using _theirs = kernelMount(theirs, folder.file('theirs.mnt'));
      const said = await differ(folder.file('theirs.mnt'), folder.file('ours.mnt'), 0);
      expect(said).toMatch(ALIKE);
    });
  }
});
