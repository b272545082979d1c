/**
 * `npm run soak:ext4 [MINUTES] [REPOSITORY]`: real programs on our ext4 again and again, an hour where nothing
 * else is asked for, git with this project's own repository; `e2fsck -fn` after each round.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { e2fsck, makeExt4 } from '../../support/ext4-image.ts';
import { PROGRAMS, runProgram } from '../../support/ext4-programs.ts';
import { mountExt4Image } from '../../support/mount-ext4-image.ts';

const repository = process.argv[3] ?? fileURLToPath(new URL('../../../', import.meta.url));
const minutes = Number(process.argv[2] ?? 60);
const SCALE = { repository, rows: 5000, files: 2500, fioMib: 128, operations: 5000 };
const SIZE_MIB = 8192;

const endMs = performance.now() + minutes * 60_000;
const folder = mkdtempSync(join(tmpdir(), 'lockline-soak-'));
try {
  const image = join(folder, 'image');
  makeExt4(image, SIZE_MIB, ['-t', 'ext4']);
  for (let round = 1; performance.now() < endMs; round += 1) {
    const mounted = await mountExt4Image(image);
    for (const program of Object.keys(PROGRAMS) as (keyof typeof PROGRAMS)[]) {
      const startMs = performance.now();
      await runProgram(program, mounted.path, SCALE);
      const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
      console.log(`round ${round}: ${program}: ok (${seconds} s)`);
    }
    await mounted.unmount();
    const { status, complaints } = e2fsck(image);
    if (status !== 0 || complaints !== '') throw new Error(`round ${round}: ${complaints}`);
    console.log(`round ${round}: e2fsck -fn: clean`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
