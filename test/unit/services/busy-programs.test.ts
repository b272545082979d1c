import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findBusyPrograms } from '../../../main/services/busy-programs.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('findBusyPrograms()', () => {
  it('names programs by open file and by working folder, and no others', async () => {
    using folder = temporaryFolder();
    const inside = folder.file('mount/sub');
    mkdirSync(inside, { recursive: true });
    const stdio = 'ignore' as const;
    const standing = spawn('sleep', ['60'], { cwd: inside, stdio });
    const reading = spawn('sh', ['-c', 'exec 3>"$0/open.txt"; exec tail -f /dev/null', inside], {
      stdio,
    });
    try {
      await expect
        .poll(() => findBusyPrograms(folder.file('mount')), { timeout: 10_000 })
        .toEqual(['sleep', 'tail']);
      expect(await findBusyPrograms(folder.file('mou'))).toEqual([]);
    } finally {
      standing.kill();
      reading.kill();
    }
  });
});
