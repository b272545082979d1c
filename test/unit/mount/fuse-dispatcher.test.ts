import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INIT_FLAGS, OPCODES } from '../../../main/mount/fuse/fuse-protocol.ts';
import { fields, header, initBody, makeBench, makeReadyBench, name } from './fuse-request.ts';

const ROOT = 1;
const EINVAL = 22;
const EIO = 5;
const EROFS = 30;
const ENOSYS = 38;
const ENOENT = 2;
const CREATE_HEAD = fields([4, 0o102], [4, 0o100644], [4, 0], [4, 0]);

describe('INIT', () => {
  it('agrees on 1 MiB requests and asks for neither write-back cache nor locks', () => {
    const reply = makeBench().send(OPCODES.init, 0, initBody());
    expect(reply?.errno).toBe(0);
    expect(reply?.body.readUInt32LE(0)).toBe(7);
    expect(reply?.body.readUInt32LE(20)).toBe(1024 * 1024);
    expect(reply?.body.readUInt16LE(28)).toBe(256);
    const flags = reply?.body.readUInt32LE(12) ?? 0;
    expect(flags & INIT_FLAGS.bigWrites).not.toBe(0);
    expect(flags & (1 << 16)).toBe(0);
    expect(flags & (1 << 1)).toBe(0);
    expect(flags & (1 << 10)).toBe(0);
  });

  it('asks for nothing that the kernel does not offer', () => {
    const reply = makeBench().send(OPCODES.init, 0, initBody(7, 31, INIT_FLAGS.asyncRead));
    expect(reply?.body.readUInt32LE(12)).toBe(INIT_FLAGS.asyncRead);
    expect(reply?.body.readUInt32LE(4)).toBe(31);
  });

  it.each([
    [6, 45],
    [7, 8],
  ])('refuses version %i.%i', (major, minor) => {
    expect(makeBench().send(OPCODES.init, 0, initBody(major, minor))?.errno).toBe(71);
  });

  it('offers its own major version to a newer kernel and waits for another INIT', () => {
    const bench = makeBench();
    expect(bench.send(OPCODES.init, 0, initBody(8, 0))?.errno).toBe(0);
    expect(bench.send(OPCODES.getattr, ROOT, fields([8, 0], [8, 0]))?.errno).toBe(EIO);
    bench.send(OPCODES.init, 0, initBody());
    expect(bench.send(OPCODES.getattr, ROOT, fields([8, 0], [8, 0]))?.errno).toBe(0);
  });
});

describe('serveRequest() with malformed requests', () => {
  it('drops what is shorter than a header', () => {
    const bench = makeReadyBench();
    for (let length = 0; length < 40; length += 1) {
      expect(bench.sendRaw(header(OPCODES.getattr, ROOT, 40), length)).toBeUndefined();
    }
  });

  it('answers EIO where the length in the header is not what was read', () => {
    const bench = makeReadyBench();
    expect(bench.sendRaw(header(OPCODES.getattr, ROOT, 0xffff_ffff))?.errno).toBe(EIO);
    expect(bench.sendRaw(header(OPCODES.getattr, ROOT, 0))?.errno).toBe(EIO);
  });

  it.each(Object.entries(OPCODES))('answers a bare %s header without harm', (_, opcode) => {
    const bench = makeReadyBench();
    bench.send(opcode, ROOT);
    bench.send(opcode, 999_999);
    expect(bench.faults).toEqual([]);
  });

  it.each([
    ['no NUL', Buffer.from('abc')],
    ['a NUL too early', Buffer.from('a\0bc\0')],
    ['an empty name', Buffer.from('\0\0')],
    ['a slash', name('a/b')],
    ['a dot', name('.')],
    ['two dots', name('..')],
  ])('refuses a name with %s', (_, body) => {
    const bench = makeReadyBench();
    for (const opcode of [OPCODES.lookup, OPCODES.unlink, OPCODES.rmdir]) {
      expect(bench.send(opcode, ROOT, body)?.errno).toBe(EINVAL);
    }
  });

  it('refuses a name that ends beyond the request, where an older one lies', () => {
    const bench = makeReadyBench();
    bench.send(OPCODES.lookup, ROOT, name('a-longer-name'));
    expect(bench.send(OPCODES.lookup, ROOT, Buffer.from('a-lo'))?.errno).toBe(EINVAL);
    const head = fields([8, ROOT]);
    expect(bench.send(OPCODES.rename, ROOT, Buffer.concat([head, name('one')]))?.errno).toBe(
      EINVAL,
    );
  });

  it('refuses READ and WRITE of absurd sizes and offsets', () => {
    const bench = makeReadyBench();
    const created = bench.send(OPCODES.create, ROOT, Buffer.concat([CREATE_HEAD, name('f')]));
    const node = Number(created?.body.readBigUInt64LE(0));
    const tail = fields([4, 0], [8, 0], [4, 0], [4, 0]);
    const read = (offset: number, size: number) =>
      bench.send(OPCODES.read, node, Buffer.concat([fields([8, 0], [8, offset], [4, size]), tail]));
    expect(read(0, 0xffff_ffff)?.errno).toBe(EINVAL);
    expect(read(-1, 4096)?.errno).toBe(EINVAL);
    expect(read(0, 4096)?.errno).toBe(0);
    const write = (size: number, data: Buffer) =>
      bench.send(
        OPCODES.write,
        node,
        Buffer.concat([fields([8, 0], [8, 0], [4, size]), tail, data]),
      );
    expect(write(0xffff_ffff, Buffer.alloc(8))?.errno).toBe(EINVAL);
    expect(write(9, Buffer.alloc(8))?.errno).toBe(EINVAL);
    expect(write(8, Buffer.alloc(8))?.errno).toBe(0);
  });

  it('forgets no more than it gave out, whatever the count says', () => {
    const bench = makeReadyBench();
    bench.send(OPCODES.create, ROOT, Buffer.concat([CREATE_HEAD, name('f')]));
    bench.send(OPCODES.forget, 2, fields([8, 1_000_000]));
    bench.send(OPCODES.forget, ROOT, fields([8, 1]));
    const batch = Buffer.concat([
      fields([4, 0xffff_ffff], [4, 0]),
      fields([8, 2], [8, 5], [8, 77], [8, 1]),
    ]);
    expect(bench.send(OPCODES.batchForget, 0, batch)).toBeUndefined();
    expect(bench.fileSystem.held.references).toBe(0);
    bench.send(OPCODES.release, 2, fields([8, 2], [8, 0], [8, 0]));
    bench.send(OPCODES.release, 2, fields([8, 2], [8, 0], [8, 0]));
    expect(bench.fileSystem.held.handles).toBe(0);
    expect(bench.faults).toEqual([]);
  });

  it('never throws and never grows past the frame, for any bytes', () => {
    const bench = makeReadyBench();
    bench.send(OPCODES.create, ROOT, Buffer.concat([CREATE_HEAD, name('f')]));
    const opcodes = [
      ...Object.values(OPCODES).filter((opcode) => opcode !== OPCODES.init),
      63,
      4096,
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...opcodes),
        fc.constantFrom(0, 1, 2, 3, 99),
        fc.uint8Array({ maxLength: 200 }),
        (opcode, node, body) => {
          const reply = bench.send(opcode, node, body);
          expect(reply?.errno ?? 0).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 3000, seed: 20_260_101 },
    );
    const bugs = bench.faults.filter((fault) => fault instanceof TypeError);
    expect(bugs).toEqual([]);
  });
});

describe('serveRequest()', () => {
  it('answers ENOSYS to what it does not serve', () => {
    const bench = makeReadyBench();
    for (const opcode of [
      OPCODES.flush,
      OPCODES.getxattr,
      OPCODES.access,
      OPCODES.lseek,
      31,
      40,
      52,
    ]) {
      expect(bench.send(opcode, ROOT, Buffer.alloc(64))?.errno).toBe(ENOSYS);
    }
    expect(bench.send(OPCODES.ioctl, ROOT, Buffer.alloc(32))?.errno).toBe(25);
  });

  it('echoes the request id and leaves INTERRUPT and FORGET unanswered', () => {
    const bench = makeReadyBench();
    bench.send(OPCODES.getattr, ROOT, Buffer.alloc(16));
    expect(bench.context.frame.reply.readBigUInt64LE(8)).toBe(0x1_0000_0007n);
    expect(bench.send(OPCODES.interrupt, 0, fields([8, 7]))).toBeUndefined();
    expect(bench.send(OPCODES.forget, 2, fields([8, 1]))).toBeUndefined();
  });

  it('refuses every change with EROFS on a read-only mount, and looks still work', () => {
    const bench = makeReadyBench({}, 'read-only');
    const body = Buffer.concat([CREATE_HEAD, name('f'), Buffer.alloc(80)]);
    for (const opcode of [
      OPCODES.create,
      OPCODES.mkdir,
      OPCODES.unlink,
      OPCODES.rename2,
      OPCODES.setattr,
    ]) {
      expect(bench.send(opcode, ROOT, body)?.errno).toBe(EROFS);
    }
    expect(bench.send(OPCODES.open, ROOT, fields([4, 2], [4, 0]))?.errno).toBe(EROFS);
    expect(bench.send(OPCODES.getattr, ROOT, Buffer.alloc(16))?.errno).toBe(0);
  });

  it('gives back what it granted when nobody took the reply', () => {
    const bench = makeReadyBench();
    bench.send(OPCODES.create, ROOT, Buffer.concat([CREATE_HEAD, name('f')]));
    expect(bench.fileSystem.held).toMatchObject({ references: 1, handles: 1 });
    bench.context.counts.revoke();
    expect(bench.fileSystem.held).toMatchObject({ references: 0, handles: 0 });
  });

  it('lets the kernel remember a missing name only where names keep their case', () => {
    const exact = makeReadyBench().send(OPCODES.lookup, ROOT, name('missing'));
    expect(exact?.errno).toBe(0);
    expect(exact?.body.readBigUInt64LE(0)).toBe(0n);
    expect(exact?.body.readBigUInt64LE(16)).toBeGreaterThan(0n);
    const folded = makeReadyBench({ isCaseInsensitive: true });
    expect(folded.send(OPCODES.lookup, ROOT, name('missing'))?.errno).toBe(ENOENT);
  });

  it('lets the kernel remember directories but not files where names ignore case', () => {
    const bench = makeReadyBench({ isCaseInsensitive: true });
    const file = bench.send(OPCODES.create, ROOT, Buffer.concat([CREATE_HEAD, name('f')]));
    expect(file?.body.readBigUInt64LE(16)).toBe(0n);
    const head = fields([4, 0o755], [4, 0]);
    const directory = bench.send(OPCODES.mkdir, ROOT, Buffer.concat([head, name('d')]));
    expect(directory?.body.readBigUInt64LE(16)).toBeGreaterThan(0n);
  });

  it('keeps times before 1970 and beyond 2038', () => {
    const bench = makeReadyBench();
    bench.send(OPCODES.create, ROOT, Buffer.concat([CREATE_HEAD, name('f')]));
    for (const seconds of [-86_400 * 365 * 100, 5_000_000_000]) {
      const body = Buffer.alloc(88);
      body.writeUInt32LE((1 << 5) | (1 << 4), 0);
      body.writeBigInt64LE(BigInt(seconds), 40);
      body.writeUInt32LE(999_999_999, 60);
      const reply = bench.send(OPCODES.setattr, 2, body);
      expect(reply?.body.readBigInt64LE(16 + 32)).toBe(BigInt(seconds));
      expect(reply?.body.readUInt32LE(16 + 52)).toBe(999_999_999);
    }
  });
});
