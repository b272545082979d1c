import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decryptIndependently, readIndependentVolume } from '../support/independent-volume.ts';
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
  requireTool('cryptsetup', 'cryptsetup-bin') &&
  requireTool('fio', 'fio') &&
  requireTool('mke2fs', 'e2fsprogs');

const MIB = 1024 * 1024;
/** What a container of 48 MiB holds behind its header. */
const VOLUME_BYTES = 32 * MIB;

/** Runs qemu-io commands on an export; `read -P` fails where the pattern is not there. */
async function qemuIo(uri: string, ...commands: readonly string[]): Promise<string> {
  const args = commands.flatMap((command) => ['-c', command]);
  const output = await programOk('qemu-io', ['-f', 'raw', ...args, uri]);
  expect(output).not.toMatch(/verification failed|failed:|error/i);
  return output;
}

/** The plaintext as OpenSSL decrypts it with the key that cryptsetup tells. */
async function independentPlaintext(file: string): Promise<Buffer> {
  return decryptIndependently(file, await readIndependentVolume(file, NBD_PASSPHRASE));
}

function image(lockline: Lockline, name: string, bytes: Buffer): string {
  const path = lockline.folder.file(name);
  writeFileSync(path, bytes);
  return path;
}

describe.skipIf(!hasTools)('lockline nbd with real clients', () => {
  it('shows nbdinfo what it can do', async () => {
    await using lockline = createLockline();
    const uri = await serveVault(lockline, await createRawVault(lockline));
    const { exports: exported } = JSON.parse(await programOk('nbdinfo', ['--json', uri])) as {
      exports: object[];
    };
    expect(exported).toMatchObject([
      {
        'export-size': VOLUME_BYTES,
        is_read_only: false,
        can_df: true,
        can_fast_zero: true,
        can_flush: true,
        can_fua: true,
        can_multi_conn: true,
        can_trim: true,
        can_zero: true,
        contexts: ['base:allocation'],
        block_size_minimum: 1,
        block_size_maximum: VOLUME_BYTES,
      },
    ]);
    expect(await programOk('nbdinfo', ['--list', uri])).toContain('export=""');
    expect(await programOk('nbdinfo', ['--map', uri])).toMatch(/^\s+0\s+33554432\s+0\s+data\s*$/);
  });

  it.each([512, 4096])(
    'takes an image by nbdcopy and gives it back, sectors of %d',
    async (sectorBytes) => {
      await using lockline = createLockline();
      const file = await createRawVault(lockline, { sectorBytes });
      const uri = await serveVault(lockline, file);
      const plain = randomBytes(VOLUME_BYTES);
      plain.fill(0, 5 * MIB, 9 * MIB);
      await programOk('nbdcopy', ['--flush', image(lockline, 'in', plain), uri]);
      const out = lockline.folder.file('out');
      await programOk('nbdcopy', [uri, out]);
      expect(readFileSync(out).equals(plain)).toBe(true);
      await lockline.json(['unmount', file]);
      expect((await independentPlaintext(file)).equals(plain)).toBe(true);
    },
  );

  it('is a disk for qemu-img: info, convert, compare', async () => {
    await using lockline = createLockline();
    const uri = await serveVault(lockline, await createRawVault(lockline));
    const plain = randomBytes(VOLUME_BYTES);
    plain.fill(0, 12 * MIB, 20 * MIB);
    const source = image(lockline, 'source', plain);
    const info = JSON.parse(await programOk('qemu-img', ['info', '--output=json', uri])) as object;
    expect(info).toMatchObject({ format: 'raw', 'virtual-size': VOLUME_BYTES });
    await programOk('qemu-img', ['convert', '-n', '-f', 'raw', '-O', 'raw', '-W', source, uri]);
    const compare = ['compare', '-f', 'raw', '-F', 'raw', source, uri];
    expect(await programOk('qemu-img', compare)).toContain('identical');
    const copy = lockline.folder.file('copy.qcow2');
    await programOk('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', '-m', '8', uri, copy]);
    const back = ['compare', '-f', 'raw', '-F', 'qcow2', source, copy];
    expect(await programOk('qemu-img', back)).toContain('identical');
    expect(await programOk('qemu-img', ['check', copy])).toContain('No errors');
  });

  it('keeps what qemu-io writes: patterns, odd ranges, zeros, FUA, discards', async () => {
    await using lockline = createLockline();
    const file = await createRawVault(lockline, { sectorBytes: 4096 });
    const uri = await serveVault(lockline, file);
    await qemuIo(uri, 'write -P 0xa5 0 8M', 'write -P 0x5a 512 1536', 'write -P 0x11 4095 3');
    await qemuIo(uri, 'read -P 0xa5 0 512', 'read -P 0x5a 512 1536', 'read -P 0x11 4095 3');
    await qemuIo(
      uri,
      'write -z 1M 1M',
      'write -z -u 3000000 70001',
      'write -f -P 7 6M 64k',
      'flush',
    );
    await qemuIo(uri, 'read -P 0 1M 1M', 'read -P 0 3000000 70001', 'read -P 0xa5 2999000 1000');
    const spaceBefore = statSync(file).blocks;
    await qemuIo(uri, 'discard 2M 1M', 'read -P 0xa5 3M 600000', 'read -P 7 6M 64k');
    expect(statSync(file).blocks).toBeLessThan(spaceBefore);
    await qemuIo(uri, 'write -P 0x77 2M 1M', 'read -P 0x77 2M 1M');
    await lockline.json(['unmount', file]);
    const plain = await independentPlaintext(file);
    expect(plain.subarray(2 * MIB, 3 * MIB).every((byte) => byte === 0x77)).toBe(true);
    expect(plain.subarray(MIB, 2 * MIB).every((byte) => byte === 0)).toBe(true);
  });

  it('gives no space back, and offers nothing of the kind, with --no-discard', async () => {
    await using lockline = createLockline();
    const uri = await serveVault(lockline, await createRawVault(lockline), ['--no-discard']);
    expect(await programOk('nbdinfo', [uri])).toContain('can_trim: false');
  });

  it.each([
    ['512', ['--rw=randrw', '--bsrange=512-128k', '--iodepth=32', '--numjobs=1']],
    ['4096', ['--rw=randwrite', '--bs=4k', '--iodepth=16', '--numjobs=1']],
  ])('passes fio with checksums, sectors of %s', async (sectorBytes, how) => {
    await using lockline = createLockline();
    const file = await createRawVault(lockline, { sectorBytes: Number(sectorBytes) });
    const uri = await serveVault(lockline, file);
    const always = ['--name=t', '--ioengine=nbd', `--uri=${uri}`, '--size=24M', '--fsync=64'];
    await programOk('fio', [
      ...always,
      '--verify_state_save=0',
      '--verify=crc32c',
      '--verify_fatal=1',
      ...how,
    ]);
  });

  it('serves several connections at once, and a flush of one covers the others', async () => {
    await using lockline = createLockline();
    const file = await createRawVault(lockline);
    const uri = await serveVault(lockline, file);
    const plain = randomBytes(VOLUME_BYTES);
    const source = image(lockline, 'in', plain);
    await programOk('nbdcopy', ['--connections=4', '--requests=32', '--flush', source, uri]);
    const outs = ['a', 'b', 'c'].map((name) => lockline.folder.file(name));
    await Promise.all(outs.map((out) => programOk('nbdcopy', ['--connections=4', uri, out])));
    for (const out of outs) expect(readFileSync(out).equals(plain)).toBe(true);
  });

  it('keeps bytes right while its engine is changed under load', async () => {
    await using lockline = createLockline();
    const file = await createRawVault(lockline, { sectorBytes: 512 });
    const uri = await serveVault(lockline, file);
    const how = ['--name=t', '--ioengine=nbd', `--uri=${uri}`, '--rw=randwrite', '--size=24M'];
    const check = [
      '--verify_state_save=0',
      '--bsrange=4k-1m',
      '--iodepth=8',
      '--loops=20',
      '--verify=crc32c',
    ];
    const load = programOk('fio', [...how, ...check, '--verify_fatal=1']);
    for (const mode of ['threaded', 'auto', 'inline', 'threaded']) {
      const args = ['tune', file, '--read-engine', mode, '--write-engine', mode];
      expect(await lockline.json(args)).toMatchObject({ engine: { read: mode, write: mode } });
    }
    await load;
  });

  it('refuses every change when read-only, and leaves the container as it was', async () => {
    await using lockline = createLockline();
    const file = await createRawVault(lockline);
    const before = readFileSync(file);
    const uri = await serveVault(lockline, file, ['--read-only']);
    expect(await programOk('nbdinfo', [uri])).toContain('is_read_only: true');
    const write = await program('qemu-io', ['-f', 'raw', '-c', 'write 0 4k', uri]);
    expect(write.code).not.toBe(0);
    await programOk('nbdcopy', [uri, lockline.folder.file('out')]);
    await lockline.json(['unmount', file]);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('carries an ext4 filesystem that e2fsck finds clean', async () => {
    await using lockline = createLockline();
    const file = await createRawVault(lockline);
    const uri = await serveVault(lockline, file);
    const source = image(lockline, 'ext4', Buffer.alloc(VOLUME_BYTES));
    await programOk('mke2fs', ['-q', '-F', '-t', 'ext4', source]);
    await programOk('nbdcopy', ['--flush', source, uri]);
    const out = lockline.folder.file('out');
    await programOk('nbdcopy', [uri, out]);
    await programOk('e2fsck', ['-fn', out]);
    await lockline.json(['unmount', file]);
    const served = await lockline.json([
      'nbd',
      file,
      '--socket',
      lockline.folder.file('again'),
      '--passphrase-file',
      lockline.passphraseFile(NBD_PASSPHRASE),
    ]);
    expect(served['filesystem']).toBe('ext4');
  });
});
