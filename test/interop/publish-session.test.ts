import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockSession } from '../../main/services/vault-operations.ts';
import { callSession } from '../../main/session/control-client.ts';
import { sessionDescriptionSchema } from '../../main/session/session-description.ts';
import { isAlive, readSessions } from '../../main/session/session-registry.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const CHILD = fileURLToPath(new URL('../support/published-child.ts', import.meta.url));

const runtimeBefore = process.env['XDG_RUNTIME_DIR'];
let folder: TemporaryFolder;
beforeEach(() => {
  folder = temporaryFolder();
  chmodSync(folder.path, 0o700);
  process.env['XDG_RUNTIME_DIR'] = folder.path;
});
afterEach(() => {
  if (runtimeBefore === undefined) delete process.env['XDG_RUNTIME_DIR'];
  else process.env['XDG_RUNTIME_DIR'] = runtimeBefore;
  folder[Symbol.dispose]();
});

it('lockSession() is refused with what could not be stored when the process has ended, not before', async () => {
  const child = spawn(process.execPath, [CHILD, 'fails'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const session = sessionDescriptionSchema.parse(JSON.parse(line));
  expect(isAlive(session)).toBe(true);
  await expect(lockSession(session, false)).rejects.toMatchObject({ code: 'no-space' });
  expect(isAlive(session)).toBe(false);
  expect(await ended).toEqual([0, null]);
});

it('publishSession() answers a lock whose volume was closed long before, and ends then', async () => {
  const child = spawn(process.execPath, [CHILD], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const session = sessionDescriptionSchema.parse(JSON.parse(line));
  expect(await callSession(session, { verb: 'lock', isForced: false })).toBe(null);
  expect(await ended).toEqual([0, null]);
  expect(readSessions()).toEqual([]);
});
