import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SecretBytes } from '../../../../main/bytes/secret-bytes.ts';
import { callSession } from '../../../../main/session/control-client.ts';
import { runInSession } from '../../../../main/session/spawn-session.ts';
import { setVaultProcessStarter } from '../../../../main/session/vault-process-starter.ts';
import { NO_ENGINE_PREFERENCE } from '../../../../shared/model/engine.ts';
import { createRawVault, NBD_PASSPHRASE } from '../../../support/nbd-vault.ts';
import { createLockline, type Lockline } from '../../../support/run-lockline.ts';
import { createUtilityProcessDouble } from '../../../support/utility-process-double.ts';

const utilityProcess = vi.hoisted(() => ({ current: null as unknown }));
vi.mock('electron/main', () => ({
  get utilityProcess() {
    return utilityProcess.current;
  },
}));

const { startUtilityVault } = await import('../../../../main/app/electron/utility-starter.ts');

let lockline: Lockline;
let file: string;
let runtime: string;
const before = process.env['XDG_RUNTIME_DIR'];

beforeAll(async () => {
  lockline = createLockline();
  file = await createRawVault(lockline);
  runtime = lockline.environment['XDG_RUNTIME_DIR'] ?? '';
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  process.env['XDG_RUNTIME_DIR'] = runtime;
  setVaultProcessStarter(startUtilityVault);
});
afterAll(async () => {
  if (before === undefined) delete process.env['XDG_RUNTIME_DIR'];
  else process.env['XDG_RUNTIME_DIR'] = before;
  await lockline[Symbol.asyncDispose]();
});

const mount = () =>
  ({
    verb: 'mount',
    path: file,
    mountPoint: null,
    isReadOnly: false,
    engine: NO_ENGINE_PREFERENCE,
  }) as const;

describe('vault processes as utility processes', () => {
  it('answer, with the secret in no argument and no environment', async () => {
    const double = createUtilityProcessDouble();
    utilityProcess.current = double;
    using secret = SecretBytes.copyOf(Buffer.from(NBD_PASSPHRASE));
    expect(await runInSession({ verb: 'test', path: file }, { secret })).toEqual({ keyslotId: 0 });
    using wrong = SecretBytes.copyOf(Buffer.from('wrong'));
    await expect(
      runInSession({ verb: 'test', path: file }, { secret: wrong }),
    ).rejects.toMatchObject({ code: 'passphrase-wrong' });
    expect(double.forks).toHaveLength(2);
    expect(JSON.stringify(double.forks)).not.toContain(NBD_PASSPHRASE);
    expect(double.forks[0]?.options).toMatchObject({
      stdio: 'ignore',
      serviceName: 'Lockline vault',
    });
  });

  it('serve a mount until it is locked', async () => {
    utilityProcess.current = createUtilityProcessDouble();
    using secret = SecretBytes.copyOf(Buffer.from(NBD_PASSPHRASE));
    const session = await runInSession(mount(), { secret });
    expect(readFileSync('/proc/self/mounts', 'utf8')).toContain(session.mountPoint);
    await callSession(session, { verb: 'lock', isForced: false });
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(session.mountPoint);
    expect(readdirSync(`${runtime}/lockline/sessions`)).toEqual([]);
  });

  it('undo what they have begun when they are cancelled', async () => {
    utilityProcess.current = createUtilityProcessDouble();
    const controller = new AbortController();
    using secret = SecretBytes.copyOf(Buffer.from(NBD_PASSPHRASE));
    const started = runInSession(mount(), {
      secret,
      signal: controller.signal,
      onPhase: (phase) => {
        if (phase === 'mounting') controller.abort();
      },
    });
    await expect(started).rejects.toMatchObject({ code: 'cancelled' });
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(runtime);
    expect(readdirSync(`${runtime}/lockline/sessions`)).toEqual([]);
    expect(readdirSync(`${runtime}/lockline/mounts`)).toEqual([]);
  });

  it('give nothing to a program that connects before them', async () => {
    const double = createUtilityProcessDouble();
    let overheard = '';
    utilityProcess.current = {
      fork: (...args: Parameters<typeof double.fork>) => {
        const folder = `${runtime}/lockline/sessions`;
        const path = readdirSync(folder).find((name) => name.endsWith('.request')) ?? '';
        const intruder = createConnection(`${folder}/${path}`);
        intruder.on('error', () => {});
        intruder.write(Buffer.alloc(32, 7));
        intruder.on('data', (chunk: Buffer) => {
          overheard += chunk.toString();
        });
        return double.fork(...args);
      },
    };
    using secret = SecretBytes.copyOf(Buffer.from(NBD_PASSPHRASE));
    expect(await runInSession({ verb: 'test', path: file }, { secret })).toEqual({ keyslotId: 0 });
    expect(overheard).toBe('');
    expect(existsSync(`${runtime}/lockline/sessions`)).toBe(true);
  });
});
