import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';

const MODULES = ['main/app/log.ts', 'main/services/event-log.ts'].map(
  (path) => new URL(`../../../${path}`, import.meta.url).href,
);

/** Says when it is ready on a channel of its own, then logs to a pipe that nobody reads any more. */
const SCRIPT = `
  const [{ createLog }, { EventLog }] = await Promise.all(${JSON.stringify(MODULES)}.map((m) => import(m)));
  const log = createLog(new EventLog());
  process.once('message', async () => {
    for (let n = 0; n < 3; n += 1) {
      log('http-refused', { reason: 'host' });
      process.stdout.write('an address');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    process.exit(42);
  });
  process.send('ready');
`;

describe('createLog()', () => {
  it('outlives the terminal', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const ended = once(child, 'exit');
    await once(child, 'message');
    child.stdout?.destroy();
    child.stderr?.destroy();
    child.send('go');
    expect(await ended).toEqual([42, null]);
  });
});
