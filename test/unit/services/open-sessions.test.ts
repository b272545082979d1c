import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clearDeadSessions, livingSessions } from '../../../main/services/open-sessions.ts';
import { SessionMonitor } from '../../../main/services/session-monitor.ts';
import type { SessionDescription } from '../../../main/session/session-description.ts';
import { readSessions, writeSession } from '../../../main/session/session-registry.ts';
import { processStart } from '../../../main/system/process-start.ts';
import { requireTool } from '../../support/require-tool.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { serveMemory } from '../mount/serve-memory.ts';

let folder: TemporaryFolder;
const before = process.env['XDG_RUNTIME_DIR'];

beforeEach(() => {
  folder = temporaryFolder();
  process.env['XDG_RUNTIME_DIR'] = folder.path;
});
afterEach(() => {
  if (before === undefined) delete process.env['XDG_RUNTIME_DIR'];
  else process.env['XDG_RUNTIME_DIR'] = before;
  folder[Symbol.dispose]();
});

function describeSession(sessionId: string, changes: Partial<SessionDescription>): void {
  writeSession({
    version: 1,
    sessionId: sessionId.padEnd(16, '0'),
    processId: process.pid,
    processStart: processStart(process.pid) ?? '',
    path: folder.file('vault'),
    device: '1',
    inode: sessionId,
    uuid: '',
    label: '',
    mountPoint: folder.file('mount'),
    ownsMountPoint: false,
    isReadOnly: false,
    backend: 'fuse',
    filesystem: 'vfat',
    engine: { read: 'inline', write: 'inline', provider: 'native', threads: 0, notes: [] },
    startedMs: 1,
    ...changes,
  });
}

describe.skipIf(process.platform !== 'linux')('clearDeadSessions()', () => {
  it('forgets a session whose number belongs to a later process, and keeps the living', async () => {
    mkdirSync(folder.file('mount'));
    describeSession('1', {});
    describeSession('2', { processStart: '1', mountPoint: folder.file('other') });
    const dead = await clearDeadSessions();
    expect(dead.map(({ inode }) => inode)).toEqual(['2']);
    expect(readSessions().map(({ inode }) => inode)).toEqual(['1']);
    expect(livingSessions()).toHaveLength(1);
  });
});

describe.skipIf(!requireTool('fusermount3', 'fuse3'))('clearDeadSessions(), with mounts', () => {
  it('leaves a mount that lives where that of a dead vault was', async () => {
    mkdirSync(folder.file('mount'));
    await using mount = await serveMemory({ mountPoint: folder.file('mount') });
    writeFileSync(folder.file('mount/file'), 'in use');
    describeSession('1', { processStart: '1' });
    const dead = await clearDeadSessions();
    expect(dead).toHaveLength(1);
    expect(readFileSync(`${mount.mountPoint}/file`, 'utf8')).toBe('in use');
  });
});

describe.skipIf(process.platform !== 'linux')('SessionMonitor', () => {
  it('looks on when a look fails', async () => {
    using monitor = new SessionMonitor(() => {});
    // In place of the runtime folder lies something else.
    writeFileSync(folder.file('lockline'), '');
    // A rejection that nobody takes fails the run, as it ends the app.
    monitor.start();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(monitor.sessions).toEqual([]);
  });
});
