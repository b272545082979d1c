import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NBD_COUNTERS } from '../../../main/mount/nbd/nbd-counters.ts';
import { FAULTS, type NbdMemoryServer, serveMemoryByNbd } from '../../support/nbd-memory-server.ts';
import { NbdRawClient, request } from '../../support/nbd-raw-client.ts';

const SIZE = 4 * 1024 * 1024;
const MIB = 1024 * 1024;
const [READ, WRITE, DISCONNECT, FLUSH, TRIM, CACHE, ZEROES, STATUS] = [0, 1, 2, 3, 4, 5, 6, 7];
const [EPERM, EIO, EINVAL, ENOSPC, ENOTSUP] = [1, 5, 22, 28, 95];
const [FUA, NO_HOLE, DF, REQ_ONE, FAST_ZERO] = [1, 2, 4, 8, 16];

describe('serveNbd() in transmission', () => {
  let shared: NbdMemoryServer;
  beforeAll(async () => {
    shared = await serveMemoryByNbd();
  });
  afterAll(() => shared.stop());

  const cases: readonly (readonly [string, Buffer, number])[] = [
    ['a read beyond the end', request({ type: READ, offset: SIZE, length: 1 }), EINVAL],
    ['a read across the end', request({ type: READ, offset: SIZE - 1, length: 2 }), EINVAL],
    ['a read at 2^64-1', request({ type: READ, offset: 2n ** 64n - 1n, length: 1 }), EINVAL],
    ['a read at 2^53', request({ type: READ, offset: 2n ** 53n, length: 0 }), EINVAL],
    ['a read of more than 32 MiB', request({ type: READ, length: 32 * MIB + 1 }), EINVAL],
    ['DF without structured replies', request({ type: READ, flags: DF, length: 1 }), EINVAL],
    [
      'a write across the end',
      request({ type: WRITE, offset: SIZE - 1, length: 2 }, randomBytes(2)),
      ENOSPC,
    ],
    [
      'a write at 2^64-1',
      request({ type: WRITE, offset: 2n ** 64n - 1n, length: 3 }, randomBytes(3)),
      ENOSPC,
    ],
    [
      'a write of 33 MiB',
      request({ type: WRITE, length: 33 * MIB }, Buffer.alloc(33 * MIB)),
      EINVAL,
    ],
    [
      'a write with an unknown flag',
      request({ type: WRITE, flags: 1 << 9, length: 1 }, randomBytes(1)),
      EINVAL,
    ],
    ['a flush with a range', request({ type: FLUSH, length: 1 }), EINVAL],
    ['a trim beyond the end', request({ type: TRIM, offset: SIZE, length: 512 }), EINVAL],
    ['zeroes beyond the end', request({ type: ZEROES, offset: 1, length: SIZE }), ENOSPC],
    ['zeroes of 4 GiB', request({ type: ZEROES, length: 0xffffffff }), ENOSPC],
    ['fast zeroes', request({ type: ZEROES, flags: FAST_ZERO, length: 512 }), ENOTSUP],
    ['block status without its context', request({ type: STATUS, length: 512 }), EINVAL],
    ['CACHE, which is not offered', request({ type: CACHE, length: 512 }), EINVAL],
    ['RESIZE', request({ type: 8, length: 512 }), EINVAL],
    ['a command that nobody knows', request({ type: 0xffff }), EINVAL],
    ['a read of nothing', request({ type: READ }), 0],
    ['a write of nothing', request({ type: WRITE }), 0],
    ['a trim of nothing', request({ type: TRIM, flags: FUA }), 0],
    [
      'zeroes that must not be a hole',
      request({ type: ZEROES, flags: NO_HOLE | FUA, length: SIZE }),
      0,
    ],
  ];
  it.each(cases)('answers %s and goes on', async (_, bytes, error) => {
    const server = shared;
    server.bytes.set(randomBytes(64), 0);
    const before = Buffer.from(server.bytes.slice(SIZE - 512));
    using client = await NbdRawClient.transmitting(server.path);
    expect(await client.errorOf(bytes)).toBe(error);
    if (error !== 0) expect(Buffer.from(server.bytes.slice(SIZE - 512))).toEqual(before);
    client.send(request({ type: READ, offset: 0, length: 64 }));
    expect((await client.simpleReply()).cookie).toBe(7n);
    expect(await client.read(64)).toEqual(Buffer.from(server.bytes.slice(0, 64)));
  });

  it.each([
    ['a wrong magic', request({ type: READ, magic: 0x25609514, length: 1 })],
    ['noise', randomBytes(64).fill(1, 0, 4)],
    ['a farewell', request({ type: DISCONNECT })],
  ])('hangs up on %s, and serves the next', async (_, bytes) => {
    const server = shared;
    using client = await NbdRawClient.transmitting(server.path);
    client.send(bytes);
    await client.ended();
    using next = await NbdRawClient.transmitting(server.path);
    expect(await next.errorOf(request({ type: FLUSH }))).toBe(0);
  });

  it.each([
    ['in the greeting', Buffer.alloc(0)],
    ['in a header', request({ type: READ }).subarray(0, 20)],
    ['in a payload', request({ type: WRITE, length: MIB }, randomBytes(300_000))],
  ])('survives a client that goes away %s', async (_, bytes) => {
    await using server = await serveMemoryByNbd();
    const client = await NbdRawClient.transmitting(server.path);
    client.socket.end(bytes);
    await client.ended();
    using next = await NbdRawClient.transmitting(server.path);
    expect(await next.errorOf(request({ type: FLUSH }))).toBe(0);
    await expect.poll(() => server.counters[NBD_COUNTERS.connections]).toBe(1);
  });

  it('refuses every change of a read-only export with EPERM', async () => {
    await using server = await serveMemoryByNbd({ isReadOnly: true });
    using client = await NbdRawClient.transmitting(server.path);
    expect(await client.errorOf(request({ type: WRITE, length: 9 }, randomBytes(9)))).toBe(EPERM);
    expect(await client.errorOf(request({ type: ZEROES, length: 9 }))).toBe(EPERM);
    expect(await client.errorOf(request({ type: TRIM, length: 9 }))).toBe(EPERM);
    expect(await client.errorOf(request({ type: FLUSH }))).toBe(0);
    expect(server.bytes.every((byte) => byte === 0)).toBe(true);
  });

  it('refuses TRIM where it is not offered', async () => {
    await using server = await serveMemoryByNbd({ canTrim: false });
    using client = await NbdRawClient.transmitting(server.path);
    expect(await client.errorOf(request({ type: TRIM, length: 512 }))).toBe(EINVAL);
  });

  it('answers block status: all of the range is allocated', async () => {
    const server = shared;
    using client = await NbdRawClient.transmitting(server.path, {
      isStructured: true,
      contexts: ['base:allocation'],
    });
    client.send(request({ type: STATUS, flags: REQ_ONE, offset: 5, length: 70_000, cookie: 3n }));
    const chunk = await client.chunk();
    expect(chunk).toMatchObject({ flags: 1, type: 5, cookie: 3n });
    expect([0, 4, 8].map((at) => chunk.payload.readUInt32BE(at))).toEqual([1, 70_000, 0]);
    client.send(request({ type: STATUS, length: 0 }));
    expect(await client.chunk()).toMatchObject({ flags: 1, type: 0x8001 });
  });

  it('reads in chunks, and in one where the client says so', async () => {
    const server = shared;
    server.bytes.set(randomBytes(SIZE));
    using client = await NbdRawClient.transmitting(server.path, { isStructured: true });
    for (const flags of [0, DF]) {
      client.send(request({ type: READ, flags, offset: 1001, length: 2 * MIB }));
      const parts: Buffer[] = [];
      for (let isLast = false; !isLast; ) {
        const { flags: chunkFlags, type, payload } = await client.chunk();
        expect(type).toBe(1);
        const at = parts.reduce((sum, part) => sum + part.length, 0);
        expect(payload.readBigUInt64BE(0)).toBe(BigInt(1001 + at));
        parts.push(payload.subarray(8));
        isLast = chunkFlags === 1;
      }
      expect(parts.length === 1).toBe(flags === DF);
      expect(Buffer.concat(parts).equals(server.bytes.slice(1001, 1001 + 2 * MIB))).toBe(true);
    }
  });

  it('ends a read in the middle with an error, and the connection lives', async () => {
    await using server = await serveMemoryByNbd();
    using client = await NbdRawClient.transmitting(server.path, { isStructured: true });
    server.faults[FAULTS.readAt] = MIB;
    client.send(request({ type: READ, length: 2 * MIB }));
    let chunk = await client.chunk();
    while (chunk.flags === 0) chunk = await client.chunk();
    expect(chunk.type).toBe(0x8001);
    expect(chunk.payload.readUInt32BE(0)).toBe(EIO);
    client.send(request({ type: READ, length: 512 }));
    expect(await client.chunk()).toMatchObject({ type: 1, flags: 1 });
    expect(server.counters[NBD_COUNTERS.faults]).toBe(1);
  });

  it('says in a simple reply that a read failed, or hangs up where it has promised data', async () => {
    await using server = await serveMemoryByNbd();
    server.faults[FAULTS.readAt] = MIB;
    using client = await NbdRawClient.transmitting(server.path);
    expect(await client.errorOf(request({ type: READ, offset: MIB, length: 4096 }))).toBe(EIO);
    client.send(request({ type: READ, length: 2 * MIB }));
    expect(await client.simpleReply()).toMatchObject({ error: 0 });
    await client.ended();
  });

  it('tells a write that ran out of space, once, and takes the next', async () => {
    await using server = await serveMemoryByNbd();
    using client = await NbdRawClient.transmitting(server.path);
    server.faults[FAULTS.writeAt] = MIB;
    const data = randomBytes(2 * MIB);
    expect(await client.errorOf(request({ type: WRITE, length: data.length }, data))).toBe(ENOSPC);
    server.faults[FAULTS.writeAt] = -1;
    expect(await client.errorOf(request({ type: WRITE, length: data.length }, data))).toBe(0);
    expect(Buffer.from(server.bytes.slice(0, data.length)).equals(data)).toBe(true);
  });

  it('flushes once for each FUA, and fails the request where that fails', async () => {
    await using server = await serveMemoryByNbd();
    using client = await NbdRawClient.transmitting(server.path);
    const write = request({ type: WRITE, flags: FUA, length: 8 }, randomBytes(8));
    expect(await client.errorOf(write)).toBe(0);
    expect(await client.errorOf(request({ type: ZEROES, flags: FUA, length: MIB }))).toBe(0);
    expect(server.faults[FAULTS.flushes]).toBe(2);
    server.faults[FAULTS.flush] = 1;
    expect(await client.errorOf(write)).toBe(EIO);
    expect(await client.errorOf(request({ type: FLUSH }))).toBe(EIO);
  });

  it('serves a client that sends a byte at a time, and one that reads late', async () => {
    await using server = await serveMemoryByNbd();
    server.bytes.set(randomBytes(SIZE));
    using slow = await NbdRawClient.transmitting(server.path);
    using late = await NbdRawClient.transmitting(server.path);
    late.socket.pause();
    for (let i = 0; i < 16; i += 1) late.send(request({ type: READ, length: SIZE }));
    slow.socket.setNoDelay(true);
    const data = randomBytes(40);
    for (const byte of request({ type: WRITE, offset: 3, length: 40 }, data)) {
      slow.send(Buffer.from([byte]));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(await slow.simpleReply()).toMatchObject({ error: 0 });
    expect(Buffer.from(server.bytes.slice(3, 43))).toEqual(data);
    late.socket.resume();
    for (let i = 0; i < 16; i += 1) {
      await late.simpleReply();
      const read = await late.read(SIZE);
      if (i === 15) expect(read.equals(server.bytes)).toBe(true);
    }
  });

  it('never forgets several slow readers of more than fits', async () => {
    await using server = await serveMemoryByNbd();
    server.bytes.set(randomBytes(SIZE));
    const read = async () => {
      using client = await NbdRawClient.transmitting(server.path, { isStructured: true });
      for (let i = 0; i < 12; i += 1) client.send(request({ type: READ, length: SIZE }));
      let receivedBytes = 0;
      while (receivedBytes < 12 * SIZE) {
        receivedBytes += (await client.chunk()).payload.length - 8;
        if (Math.random() < 0.1) await new Promise((resolve) => setTimeout(resolve, 1));
      }
    };
    await Promise.all([read(), read(), read()]);
  });

  it('keeps bytes right under random requests of several clients', async () => {
    await using server = await serveMemoryByNbd();
    const share = SIZE / 4;
    const work = async (client: NbdRawClient, base: number) => {
      const model = Buffer.alloc(share);
      for (let round = 0; round < 120; round += 1) {
        const offset = Math.floor(Math.random() * share);
        const length = Math.min(share - offset, Math.floor(2 ** (Math.random() * 20)));
        const at = base + offset;
        if (round % 3 === 0) {
          client.send(request({ type: READ, offset: at, length }));
          expect((await client.simpleReply()).error).toBe(0);
          expect((await client.read(length)).equals(model.subarray(offset, offset + length))).toBe(
            true,
          );
        } else if (round % 3 === 1) {
          const data = randomBytes(length);
          data.copy(model, offset);
          expect(await client.errorOf(request({ type: WRITE, offset: at, length }, data))).toBe(0);
        } else {
          model.fill(0, offset, offset + length);
          expect(await client.errorOf(request({ type: ZEROES, offset: at, length }))).toBe(0);
        }
      }
      expect(model.equals(server.bytes.slice(base, base + share))).toBe(true);
    };
    const clients = await Promise.all(
      [0, 1, 2, 3].map(() => NbdRawClient.transmitting(server.path)),
    );
    await Promise.all(clients.map((client, i) => work(client, i * share)));
    for (const client of clients) client[Symbol.dispose]();
  });

  it('answers requests that are sent in one go, in order', async () => {
    const server = shared;
    using client = await NbdRawClient.transmitting(server.path);
    const blocks = Array.from({ length: 100 }, () => randomBytes(5000));
    const sent = blocks.flatMap((data, i) => [
      request({ type: WRITE, offset: i * 5000, length: 5000, cookie: BigInt(i) }, data),
      request({ type: READ, offset: i * 5000, length: 5000, cookie: BigInt(1000 + i) }),
    ]);
    client.send(Buffer.concat(sent));
    for (const [i, data] of blocks.entries()) {
      expect(await client.simpleReply()).toEqual({ error: 0, cookie: BigInt(i) });
      expect(await client.simpleReply()).toEqual({ error: 0, cookie: BigInt(1000 + i) });
      expect((await client.read(5000)).equals(data)).toBe(true);
    }
  });

  it('takes 32 clients; one more makes room where somebody never negotiated', async () => {
    await using server = await serveMemoryByNbd({ sizeBytes: 65_536 });
    const idle = await NbdRawClient.connect(server.path);
    await idle.greet();
    const clients: NbdRawClient[] = [];
    for (let i = 0; i < 32; i += 1) clients.push(await NbdRawClient.transmitting(server.path));
    await idle.ended();
    const refused = await NbdRawClient.connect(server.path);
    await refused.ended();
    clients[0]?.[Symbol.dispose]();
    await expect.poll(() => server.counters[NBD_COUNTERS.connections]).toBe(31);
    using next = await NbdRawClient.transmitting(server.path);
    expect(await next.errorOf(request({ type: FLUSH }))).toBe(0);
    for (const client of clients) client[Symbol.dispose]();
  });

  it('uses no processor time while idle, and leaves no plaintext behind', async () => {
    const server = await serveMemoryByNbd();
    server.bytes.fill(0x5a);
    using client = await NbdRawClient.transmitting(server.path);
    client.send(request({ type: READ, length: SIZE }));
    await client.simpleReply();
    await client.read(SIZE);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const sleeps = server.counters[NBD_COUNTERS.sleeps];
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(server.counters[NBD_COUNTERS.sleeps]).toBe(sleeps);
    expect(await server.stop()).toBe('wiped');
    await client.ended();
  });
});
