import { execFileSync } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import { StatisticsRecorder } from '../../main/services/statistics-recorder.ts';
import { openDatabase } from '../../main/store/database.ts';
import { StatisticsRepository } from '../../main/store/statistics-repository.ts';
import { VaultRepository } from '../../main/store/vault-repository.ts';
import type { VolumeStatistics } from '../../shared/model/statistics.ts';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline } from '../support/run-lockline.ts';

const hasTools = requireTool('fusermount3', 'fuse3');
const hasNbd = requireTool('nbdcopy', 'libnbd-bin');

describe.skipIf(!hasTools)('lockline stats', () => {
  it('counts what dd moved, by direction, and tells in which stages the time went', async () => {
    await using lockline = createLockline();
    const vault = lockline.folder.file('vault');
    const secret = ['--passphrase-file', lockline.passphraseFile('statistics')];
    await lockline.json(['create', vault, '--size', '128M', ...CHEAP_KDF, ...secret]);
    const mounted = await lockline.json(['mount', vault, ...secret]);
    const file = `${String(mounted['mountPoint'])}/file`;
    execFileSync('dd', ['if=/dev/zero', `of=${file}`, 'bs=1M', 'count=32', 'oflag=direct'], {
      stdio: 'ignore',
    });
    execFileSync('dd', [`if=${file}`, 'of=/dev/null', 'bs=4k', 'count=800', 'iflag=direct'], {
      stdio: 'ignore',
    });
    const { statistics } = (await lockline.json(['stats', vault])) as {
      statistics: VolumeStatistics;
    };
    expect(statistics.write).toMatchObject({ requests: 32, bytes: 32 * 1024 * 1024, errors: 0 });
    expect(statistics.read).toMatchObject({ requests: 800, bytes: 800 * 4096, errors: 0 });
    expect(statistics.inFlight).toBe(0);
    expect(statistics.workerBusyMs).not.toHaveLength(0);
    expect(statistics.cpuMs).toBeGreaterThan(0);
    expect(statistics.write.busyMs).toBeGreaterThan(0);
    expect(statistics.write.latency.count).toBe(32);
    expect(statistics.read.latency.count).toBe(25);
    for (const stage of ['transport', 'filesystem', 'cache'] as const) {
      expect(statistics.write.stages[stage].count).toBe(32);
    }
    // Crypto workers may have done all of a request: then its time is hand-over alone.
    for (const stage of ['crypto', 'storage'] as const) {
      const { count, p50 } = statistics.write.stages[stage];
      expect(count).toBeGreaterThan(0);
      expect(p50).toBeLessThanOrEqual(statistics.write.latency.maximum);
    }
    expect(statistics.read.stages['hand-over'].count).toBe(0);
    // The kernel does not tell for how long a request of FUSE has waited.
    expect(statistics.write.stages.queue.count).toBe(0);

    vi.stubEnv('XDG_RUNTIME_DIR', lockline.environment['XDG_RUNTIME_DIR'] ?? '');
    const database = openDatabase(lockline.folder.file('data/lockline/lockline.db'));
    const vaults = new VaultRepository(database);
    const series = new StatisticsRepository(database);
    using recorder = new StatisticsRecorder(vaults, series);
    await recorder.record();
    const back = ['if=/dev/zero', `of=${file}`, 'bs=1M', 'count=8', 'oflag=direct'];
    execFileSync('dd', back, { stdio: 'ignore' });
    await recorder.record();
    await recorder.record();
    const points = series.list(vaults.list()[0]?.id ?? '', 0);
    expect(points).toMatchObject([
      { readRequests: 0, writeRequests: 8, writtenBytes: 8 * 1024 * 1024, read: null },
    ]);
    const [point] = points;
    expect(point?.write?.p50).toBeGreaterThan(0);
    expect(point?.write?.p99).toBeGreaterThanOrEqual(point?.write?.p50 ?? 0);
    expect(point?.ioBusy).toBeGreaterThan(0);
    expect(point?.cpu).toBeGreaterThan(0);
    database.close();
    vi.unstubAllEnvs();

    const text = await lockline.run(['stats', vault]);
    expect(text.stdout).toContain('crypto');
    const gone = await lockline.run(['stats', lockline.folder.file('none')]);
    expect(gone).toMatchObject({ code: 6, stdout: '' });
  });

  it.skipIf(!hasNbd)('does so for a vault that is served over NBD', async () => {
    await using lockline = createLockline();
    const vault = lockline.folder.file('vault');
    const socket = lockline.folder.file('nbd.sock');
    const secret = ['--passphrase-file', lockline.passphraseFile('statistics')];
    await lockline.json([
      'create',
      vault,
      '--size',
      '32M',
      '--fs',
      'none',
      ...CHEAP_KDF,
      ...secret,
    ]);
    await lockline.json(['nbd', vault, '--socket', socket, ...secret]);
    const uri = `nbd+unix:///?socket=${socket}`;
    execFileSync('nbdcopy', ['--request-size=1048576', uri, lockline.folder.file('copy')]);
    const { statistics } = (await lockline.json(['stats', vault])) as {
      statistics: VolumeStatistics;
    };
    // A request is one, however many pieces it is served in.
    expect(statistics.read).toMatchObject({ requests: 16, bytes: 16 * 1024 * 1024, errors: 0 });
    expect(statistics.read.latency.count).toBe(16);
    expect(statistics.read.stages.storage.count).toBeGreaterThan(0);
    expect(statistics.read.stages.queue.count).toBe(16);
    const { queue } = statistics.read.stages;
    expect(queue.maximum).toBeLessThanOrEqual(statistics.read.latency.maximum);
    expect(statistics.write.requests).toBe(0);

    await lockline.json(['tune', vault, '--read-engine', 'threaded']);
    execFileSync('nbdcopy', ['--request-size=1048576', uri, lockline.folder.file('again')]);
    const after = await lockline.json(['stats', vault]);
    expect(after).toMatchObject({ statistics: { read: { requests: 32 } } });
    const { read } = (after as { statistics: VolumeStatistics }).statistics;
    expect(read.split - statistics.read.split).toBe(16);
    const { stdout } = await lockline.run(['stats', vault]);
    expect(stdout).toContain('Reads threaded, writes auto');
    expect(stdout).toContain('Crypto workers: 0 died, 0 put back, 0 stuck, 0 not started');
  });
});
