import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { ContainerStats } from '../../../main/services/container-stats.ts';
import { requireTool } from '../../support/require-tool.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const hasFuse2fs = requireTool('fuse2fs', 'fuse2fs');

describe('ContainerStats', () => {
  it('knows nothing at first, and the size soon; tells once for a thousand files', async () => {
    using folder = temporaryFolder();
    const path = folder.file('Vault.luks');
    writeFileSync(path, 'x'.repeat(100));
    const onChange = vi.fn();
    const containers = new ContainerStats(onChange);
    expect(containers.find(path)).toBeUndefined();
    for (let n = 0; n < 1000; n += 1) containers.find(folder.file(`${n}.luks`));
    await containers.settle();
    expect(containers.find(path)?.sizeBytes).toBe(100);
    expect(containers.find(folder.file('7.luks'))).toBe(null);
    expect(onChange.mock.calls.length).toBeLessThanOrEqual(2);
  });

  it('sees a changed and a deleted file at the next look, and tells', async () => {
    using folder = temporaryFolder();
    const path = folder.file('Vault.luks');
    writeFileSync(path, '1');
    const onChange = vi.fn();
    const containers = new ContainerStats(onChange);
    await containers.refresh(path);
    truncateSync(path, 4096);
    await containers.refresh(path);
    expect(containers.find(path)?.sizeBytes).toBe(4096);
    rmSync(path);
    await containers.refresh(path);
    expect(containers.find(path)).toBe(null);
  });

  describe.skipIf(!hasFuse2fs)('with a file on a filesystem that hangs', () => {
    it('answers at once, and goes on looking at the others', async () => {
      using folder = temporaryFolder();
      const [image, mount] = [folder.file('image'), folder.file('mount')];
      writeFileSync(image, '');
      truncateSync(image, 8 * 1024 * 1024);
      spawnSync('mke2fs', ['-q', '-t', 'ext4', image]);
      mkdirSync(mount);
      const server = spawn('fuse2fs', ['-f', image, mount], { stdio: 'ignore' });
      try {
        const isMounted = () => spawnSync('mountpoint', ['-q', mount]).status === 0;
        await expect.poll(isMounted, { timeout: 20_000 }).toBe(true);
        server.kill('SIGSTOP');
        // It may answer until the signal has reached it.
        const state = () => readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1]?.[0];
        await expect.poll(state, { timeout: 20_000 }).toBe('T');
        const good = folder.file('Good.luks');
        writeFileSync(good, 'good');
        const containers = new ContainerStats(() => {});
        const startedMs = performance.now();
        expect(containers.find(`${mount}/Hung.luks`)).toBeUndefined();
        expect(containers.find(good)).toBeUndefined();
        expect(performance.now() - startedMs).toBeLessThan(100);
        await expect.poll(() => containers.find(good)?.sizeBytes, { timeout: 20_000 }).toBe(4);
        expect(containers.find(`${mount}/Hung.luks`)).toBeUndefined();
      } finally {
        server.kill('SIGCONT');
        spawnSync('fusermount3', ['-u', mount]);
        await new Promise((resolve) =>
          server.exitCode === null ? server.once('exit', resolve) : resolve(0),
        );
      }
    });
  });
});
