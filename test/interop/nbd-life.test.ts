import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { decryptIndependently, readIndependentVolume } from '../support/independent-volume.ts';
import { NbdRawClient, request } from '../support/nbd-raw-client.ts';
import {
  createRawVault,
  NBD_PASSPHRASE,
  program,
  programOk,
  serveVault,
} from '../support/nbd-vault.ts';
import { requireTool } from '../support/require-tool.ts';
import { createLockline, type Lockline } from '../support/run-lockline.ts';

const hasTools =
  requireTool('nbdinfo', 'libnbd-bin') &&
  requireTool('qemu-io', 'qemu-utils') &&
  requireTool('cryptsetup', 'cryptsetup-bin');
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;
const SOMEBODY = 65_533;
const MIB = 1024 * 1024;
const [WRITE, FLUSH, FUA] = [1, 3, 1];

async function listed(lockline: Lockline): Promise<Record<string, unknown>> {
  const { vaults } = (await lockline.json(['list'])) as { vaults: Record<string, unknown>[] };
  return vaults[0] ?? {};
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Serves a vault and returns what a test needs to kill its process. */
async function serveToKill(lockline: Lockline, file: string) {
  const passphrase = ['--passphrase-file', lockline.passphraseFile(NBD_PASSPHRASE)];
  const socket = lockline.folder.file('socket');
  const served = await lockline.json(['nbd', file, '--socket', socket, ...passphrase]);
  const processId = Number(served['processId']);
  const kill = async () => {
    process.kill(processId, 'SIGKILL');
    while (existsSync(`/proc/${processId}/cwd`)) await sleep(5);
  };
  return { socket, uri: String(served['uri']), kill };
}

describe.skipIf(!hasTools)('lockline nbd', () => {
  it('is listed, and ended by unmount, with its socket', async () => {
    await using lockline = createLockline();
    const file = await createRawVault(lockline);
    const uri = await serveVault(lockline, file);
    const socket = lockline.folder.file('socket');
    expect(uri).toBe(`nbd+unix:///?socket=${socket}`);
    expect(lstatSync(socket).mode & 0o777).toBe(0o600);
    await programOk('qemu-io', ['-f', 'raw', '-c', 'write 0 1M', uri]);
    expect(await listed(lockline)).toMatchObject({
      state: 'mounted',
      backend: 'nbd',
      mountPoint: uri,
      traffic: { writtenBytes: MIB },
    });
    const passphrase = ['--passphrase-file', lockline.passphraseFile(NBD_PASSPHRASE)];
    expect((await lockline.run(['mount', file, ...passphrase])).code).toBe(6);
    await lockline.json(['unmount', file]);
    expect(existsSync(socket)).toBe(false);
    expect(await listed(lockline)).toMatchObject({ state: 'locked', mountPoint: null });
  });

  it('is ended by its URI too', async () => {
    await using lockline = createLockline();
    const file = await createRawVault(lockline);
    const uri = await serveVault(lockline, file);
    await lockline.json(['unmount', uri]);
    expect(await listed(lockline)).toMatchObject({ state: 'locked' });
  });

  it('is not ended under a connected client, but by force', async () => {
    await using lockline = createLockline();
    const file = await createRawVault(lockline);
    await serveVault(lockline, file);
    using client = await NbdRawClient.transmitting(lockline.folder.file('socket'));
    const refused = await lockline.run(['unmount', file, '--json']);
    expect(refused.code).toBe(6);
    expect(refused.stderr).toContain('unmount-busy');
    expect(await client.errorOf(request({ type: FLUSH }))).toBe(0);
    await lockline.json(['unmount', file, '--force']);
    await client.ended();
  });

  it('stays with --foreground until it is interrupted', async () => {
    await using lockline = createLockline();
    const file = await createRawVault(lockline);
    const socket = lockline.folder.file('socket');
    const passphrase = ['--passphrase-file', lockline.passphraseFile(NBD_PASSPHRASE)];
    const child = lockline.start(['nbd', file, '--socket', socket, '--foreground', ...passphrase]);
    const [uri] = (await once(child.stdout, 'data')) as [Buffer];
    await programOk('nbdinfo', [String(uri).trim()]);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(existsSync(socket)).toBe(false);
  });

  it.each([
    ['neither socket nor port', [], 2],
    ['both', ['--socket', 's', '--port', '1234'], 2],
    ['a port that is none', ['--port', '70000'], 2],
    ['a port that is no number', ['--port', '12x'], 2],
    ['a socket path that is too long', ['--socket', `/tmp/${'x'.repeat(120)}`], 2],
    ['a folder that is not there', ['--socket', '/nowhere/s'], 7],
  ])('refuses %s', async (_, where, code) => {
    await using lockline = createLockline();
    const file = await createRawVault(lockline);
    const passphrase = ['--passphrase-file', lockline.passphraseFile(NBD_PASSPHRASE)];
    expect((await lockline.run(['nbd', file, ...where, ...passphrase])).code).toBe(code);
  });

  it('never takes the place of a file, and leaves nothing after a wrong passphrase', async () => {
    await using lockline = createLockline();
    const file = await createRawVault(lockline);
    const socket = lockline.folder.file('socket');
    writeFileSync(socket, 'mine');
    const wrong = ['--passphrase-file', lockline.passphraseFile('wrong')];
    const right = ['--passphrase-file', lockline.passphraseFile(NBD_PASSPHRASE)];
    const taken = await lockline.run(['nbd', file, '--socket', socket, ...right, '--json']);
    expect(taken.code).toBe(7);
    expect(taken.stderr).toContain('file-exists');
    expect(readFileSync(socket, 'utf8')).toBe('mine');
    const other = lockline.folder.file('other');
    expect((await lockline.run(['nbd', file, '--socket', other, ...wrong])).code).toBe(3);
    expect(existsSync(other)).toBe(false);
  });

  it('serves a loopback port, and refuses one that is taken', async () => {
    await using lockline = createLockline();
    const file = await createRawVault(lockline);
    const port = await freePort();
    const uri = await serveVault(lockline, file, ['--port', String(port)]);
    expect(uri).toBe(`nbd://localhost:${port}`);
    await programOk('qemu-io', ['-f', 'raw', '-c', 'write -P 3 0 4M', '-c', 'read -P 3 0 4M', uri]);
    await programOk('nbdinfo', [`nbd://127.0.0.1:${port}`]);
    const sockets = ['/proc/net/tcp', '/proc/net/tcp6'].map((table) => readFileSync(table, 'utf8'));
    const hex = port.toString(16).toUpperCase().padStart(4, '0');
    const bound = sockets.join('\n').matchAll(new RegExp(`([0-9A-F]+):${hex} [0:]+ 0A`, 'g'));
    const loopback = ['0100007F', '00000000000000000000000001000000'];
    for (const [, address] of bound) expect(loopback).toContain(address);
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address() as { port: number }; // it listens on a port
    const second = await lockline.json(['unmount', file]);
    expect(second['locked']).toHaveLength(1);
    const passphrase = ['--passphrase-file', lockline.passphraseFile(NBD_PASSPHRASE)];
    const args = ['nbd', file, '--port', String(address.port), ...passphrase, '--json'];
    const refused = await lockline.run(args);
    taken.close();
    expect(refused).toMatchObject({ code: 6 });
    expect(refused.stderr).toContain('address-in-use');
  });

  it('goes on when a client is killed in the middle of a write', async () => {
    await using lockline = createLockline();
    const file = await createRawVault(lockline);
    const uri = await serveVault(lockline, file);
    const writes = Array.from({ length: 50 }, () => ['-c', 'write -P 9 0 32M']).flat();
    for (let round = 0; round < 5; round += 1) {
      const client = spawn('qemu-io', ['-f', 'raw', ...writes, uri]);
      const ended = once(client, 'exit');
      await sleep(40 + 20 * round);
      client.kill('SIGKILL');
      expect(await ended).toEqual([null, 'SIGKILL']);
    }
    await programOk('qemu-io', ['-f', 'raw', '-c', 'write -P 4 0 1M', '-c', 'read -P 4 0 1M', uri]);
    await lockline.json(['unmount', file]);
  });

  it('starts again on the same socket after its process was killed', async () => {
    await using lockline = createLockline();
    const file = await createRawVault(lockline);
    const first = await serveToKill(lockline, file);
    await first.kill();
    expect(existsSync(first.socket)).toBe(true);
    const uri = await serveVault(lockline, file);
    await programOk('nbdinfo', [uri]);
    await lockline.json(['unmount', file]);
    const again = await serveToKill(lockline, file);
    await again.kill();
    await lockline.json(['unmount', file]);
    expect(existsSync(again.socket)).toBe(false);
  });

  it('keeps what was answered when its process is killed', async () => {
    await using lockline = createLockline();
    const file = await createRawVault(lockline);
    const server = await serveToKill(lockline, file);
    using client = await NbdRawClient.transmitting(server.socket);
    const data = randomBytes(MIB);
    const forced = request({ type: WRITE, flags: FUA, offset: 4096, length: MIB }, data);
    expect(await client.errorOf(forced)).toBe(0);
    const plain = request({ type: WRITE, offset: 8 * MIB, length: MIB }, data);
    expect(await client.errorOf(plain)).toBe(0);
    expect(await client.errorOf(request({ type: FLUSH }))).toBe(0);
    await server.kill();
    await client.ended();
    const volume = await readIndependentVolume(file, NBD_PASSPHRASE);
    const bytes = decryptIndependently(file, volume);
    expect(bytes.subarray(4096, 4096 + MIB).equals(data)).toBe(true);
    expect(bytes.subarray(8 * MIB, 9 * MIB).equals(data)).toBe(true);
  });

  it.skipIf(!isRoot)('serves an unprivileged user, and nobody else', async () => {
    await using lockline = createLockline();
    const { folder } = lockline;
    for (const path of [folder.path, folder.file('run')]) chownSync(path, NOBODY, NOBODY);
    chmodSync(folder.path, 0o755);
    const run = { uid: NOBODY, gid: NOBODY };
    const file = await createRawVault(lockline, { run });
    const uri = await serveVault(lockline, file, [], run);
    expect((await program('nbdinfo', [uri], { uid: NOBODY })).code).toBe(0);
    const stranger = await program('nbdinfo', [uri], { uid: SOMEBODY });
    expect(stranger.code).not.toBe(0);
    expect(stranger.stderr).toContain('Permission denied');
    await lockline.json(['unmount', file], run);
    const byPort = await serveVault(lockline, file, ['--port', String(await freePort())], run);
    expect((await program('nbdinfo', [byPort], { uid: NOBODY })).code).toBe(0);
    expect((await program('nbdinfo', [byPort])).code).toBe(0);
    expect((await program('nbdinfo', [byPort], { uid: SOMEBODY })).code).not.toBe(0);
    await lockline.json(['unmount', '--all'], run);
  });
});
