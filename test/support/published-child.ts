/**
 * A session whose volume is closed at once by a lock, and whose lock is answered a second later: as
 * where the program that unmounts ends late. Prints what others need to call it.
 *
 * With `fails` the volume could not store all, which the lock answers at once; the process takes a
 * second to clear up.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { publishSession } from '../../main/session/publish-session.ts';
import type { SessionDescription } from '../../main/session/session-description.ts';
import { processStart } from '../../main/system/process-start.ts';
import { DeviceError } from '../../shared/errors/vault-error.ts';

const ANSWER_DELAY_MS = 1000;
const session: SessionDescription = {
  version: 1,
  sessionId: '0123456789abcdef',
  processId: process.pid,
  processStart: processStart(process.pid) ?? '',
  path: '/nowhere',
  device: '1',
  inode: '2',
  uuid: '',
  label: '',
  mountPoint: '/nowhere',
  ownsMountPoint: false,
  isReadOnly: false,
  backend: 'fuse',
  filesystem: 'vfat',
  engine: { read: 'inline', write: 'inline', provider: 'noble', threads: 0, notes: [] },
  startedMs: Date.now(),
};
const volume = Promise.withResolvers<void>();
const fails = process.argv.includes('fails');
await publishSession(session, {
  answer: async () => {
    if (fails) {
      volume.reject(new DeviceError('no-space', {}));
      await volume.promise;
    }
    volume.resolve();
    await sleep(ANSWER_DELAY_MS);
    return null;
  },
  lockForced: async () => {},
  closed: volume.promise,
  release: () => (fails ? sleep(ANSWER_DELAY_MS) : undefined),
});
console.log(JSON.stringify(session));
