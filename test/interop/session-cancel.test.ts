import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretBytes } from '../../main/bytes/secret-bytes.ts';
import type { SessionRequest } from '../../main/session/session-request.ts';
import { runInSession } from '../../main/session/spawn-session.ts';
import { StateError } from '../../shared/errors/vault-error.ts';
import { NO_ENGINE_PREFERENCE } from '../../shared/model/engine.ts';
import { createRawVault, NBD_PASSPHRASE } from '../support/nbd-vault.ts';
import { createLockline } from '../support/run-lockline.ts';

/** From the moment in which the key is there until the session is published. */
const MOMENTS_MS = [0, 20, 80, 150, 300] as const;
const TIMEOUT_MS = 180_000;

type ServeRequest = Extract<SessionRequest, { verb: 'mount' | 'nbd' }>;

let runtimeBefore: string | undefined;
beforeEach(() => {
  runtimeBefore = process.env['XDG_RUNTIME_DIR'];
});
afterEach(() => {
  if (runtimeBefore === undefined) delete process.env['XDG_RUNTIME_DIR'];
  else process.env['XDG_RUNTIME_DIR'] = runtimeBefore;
});

/** Cancels so long after the key was derived; tells whether that came before the end. */
async function cancelAfter(request: ServeRequest, momentMs: number): Promise<boolean> {
  const controller = new AbortController();
  using secret = SecretBytes.copyOf(Buffer.from(NBD_PASSPHRASE));
  try {
    await runInSession(request, {
      secret,
      signal: controller.signal,
      onPhase: (phase) => {
        if (phase === 'mounting') setTimeout(() => controller.abort(), momentMs);
      },
    });
    return false;
  } catch (error) {
    if (error instanceof StateError && error.code === 'cancelled') return true;
    throw error;
  }
}

describe('a start that is cancelled', () => {
  it.each(['mount', 'nbd'] as const)(
    'of %s leaves nothing behind',
    async (verb) => {
      await using lockline = createLockline();
      process.env['XDG_RUNTIME_DIR'] = lockline.environment['XDG_RUNTIME_DIR'] ?? '';
      const path = await createRawVault(lockline);
      const socket = lockline.folder.file('socket');
      const common = { path, isReadOnly: false, engine: NO_ENGINE_PREFERENCE } as const;
      const request: ServeRequest =
        verb === 'mount'
          ? { verb, ...common, mountPoint: null }
          : { verb, ...common, endpoint: { kind: 'unix', path: socket }, canTrim: false };
      let cancelled = 0;
      for (const momentMs of MOMENTS_MS) {
        if (!(await cancelAfter(request, momentMs))) {
          await lockline.run(['unmount', path]);
          continue;
        }
        cancelled += 1;
        const runtime = `${lockline.environment['XDG_RUNTIME_DIR']}/lockline`;
        const left = ['sessions', 'mounts'].flatMap((name) =>
          existsSync(`${runtime}/${name}`) ? readdirSync(`${runtime}/${name}`) : [],
        );
        expect({ momentMs, left }).toEqual({ momentMs, left: [] });
        expect(existsSync(socket)).toBe(false);
        expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(runtime);
        await sleep(0);
      }
      expect(cancelled).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});
