import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NbdMemoryServer, serveMemoryByNbd } from '../../support/nbd-memory-server.ts';
import {
  contextPayload,
  infoPayload,
  NbdRawClient,
  option,
  request,
  text,
} from '../../support/nbd-raw-client.ts';

const SIZE = 4 * 1024 * 1024;
const MIB = 1024 * 1024;
const FLUSH = 3;

describe('serveNbd() in negotiation', () => {
  let shared: NbdMemoryServer;
  beforeAll(async () => {
    shared = await serveMemoryByNbd();
  });
  afterAll(() => shared.stop());

  it('greets as fixed newstyle', async () => {
    const server = shared;
    using client = await NbdRawClient.connect(server.path);
    expect((await client.greet()).toString('latin1')).toBe('NBDMAGICIHAVEOPT\x00\x03');
  });

  it('answers GO with size, flags, sizes of blocks, name and description', async () => {
    const server = shared;
    using client = await NbdRawClient.connect(server.path);
    await client.greet();
    client.send(option(7, infoPayload('', [3, 1, 2, 3, 99])));
    const info = await client.optionReply();
    expect(info).toMatchObject({ option: 7, type: 3 });
    expect(info.payload.readBigUInt64BE(2)).toBe(BigInt(SIZE));
    // HAS_FLAGS FLUSH FUA TRIM ZEROES DF MULTI_CONN FAST_ZERO
    expect(info.payload.readUInt16BE(10)).toBe(0b1001_1110_1101);
    const blocks = (await client.optionReply()).payload;
    expect([2, 6, 10].map((at) => blocks.readUInt32BE(at))).toEqual([1, 65_536, 32 * MIB]);
    expect((await client.optionReply()).payload.toString('latin1')).toBe('\0\x01');
    expect((await client.optionReply()).payload.toString('latin1')).toBe('\0\x02memory');
    expect(await client.optionReply()).toMatchObject({ type: 1 });
  });

  it.each([
    ['a read-only export', { isReadOnly: true }, 0b0001_1000_1111],
    ['no trim', { canTrim: false }, 0b1001_1100_1101],
  ])('tells in its flags of %s', async (_, options, flags) => {
    await using server = await serveMemoryByNbd(options);
    using client = await NbdRawClient.connect(server.path);
    await client.greet();
    const { payload } = await client.option(option(6, infoPayload()));
    expect(payload.readUInt16BE(10)).toBe(flags);
  });

  it.each([
    ['EXPORT_NAME with padding', 1, 10 + 124],
    ['EXPORT_NAME without', 3, 10],
  ])('answers %s', async (_, flags, lengthBytes) => {
    const server = shared;
    using client = await NbdRawClient.connect(server.path);
    await client.greet(flags);
    client.send(option(1));
    expect((await client.read(lengthBytes)).readBigUInt64BE(0)).toBe(BigInt(SIZE));
    expect(await client.errorOf(request({ type: FLUSH }))).toBe(0);
  });

  it('lists one export, and contexts by query', async () => {
    const server = shared;
    using client = await NbdRawClient.connect(server.path);
    await client.greet();
    const listed = await client.option(option(3));
    expect(listed.payload.toString('latin1')).toBe('\0\0\0\0memory');
    expect(await client.optionReply()).toMatchObject({ type: 1 });
    await client.option(option(8));
    for (const queries of [[], ['base:'], ['base:allocation', 'qemu:x']]) {
      const context = await client.option(option(9, contextPayload(queries)));
      expect(context.payload.toString('latin1', 4)).toBe('base:allocation');
      expect(await client.optionReply()).toMatchObject({ type: 1 });
    }
    expect(await client.option(option(9, contextPayload(['x:'])))).toMatchObject({ type: 1 });
    expect(await client.option(option(10, contextPayload(['base:'])))).toMatchObject({ type: 1 });
  });

  const refused: readonly (readonly [string, Buffer, number])[] = [
    ['TLS', option(5), 0x80000001],
    ['extended headers', option(11), 0x80000001],
    ['an option that nobody knows', option(0xdeadbeef, randomBytes(9)), 0x80000001],
    ['LIST with a payload', option(3, randomBytes(4)), 0x80000003],
    ['STRUCTURED_REPLY with a payload', option(8, randomBytes(1)), 0x80000003],
    ['GO without a payload', option(7), 0x80000003],
    [
      'GO whose name is longer than itself',
      option(7, text('x'.repeat(9)).subarray(0, 8)),
      0x80000003,
    ],
    ['GO with a count that does not fit', option(7, Buffer.from([0, 0, 0, 0, 0, 9])), 0x80000003],
    ['GO with bytes behind', option(7, Buffer.concat([infoPayload(), randomBytes(1)])), 0x80000003],
    ['GO of an unknown export', option(7, infoPayload('other')), 0x80000006],
    ['INFO of an unknown export', option(6, infoPayload('../../etc')), 0x80000006],
    [
      'contexts before structured replies',
      option(10, contextPayload(['base:allocation'])),
      0x80000003,
    ],
    ['an option of 17 KiB', option(7, Buffer.alloc(17 * 1024)), 0x80000009],
  ];
  it.each(refused)('refuses %s and goes on', async (_, bytes, type) => {
    const server = shared;
    using client = await NbdRawClient.connect(server.path);
    await client.greet();
    expect(await client.option(bytes)).toMatchObject({ type });
    expect(await client.option(option(8))).toMatchObject({ type: 1 });
    expect(await client.option(option(10, contextPayload(['a'], 'other')))).toMatchObject({
      type: 0x80000006,
    });
    const lying = Buffer.concat([text(''), Buffer.from([255, 255, 255, 255])]);
    expect(await client.option(option(10, lying))).toMatchObject({ type: 0x80000003 });
    expect(await client.option(option(2))).toMatchObject({ type: 1 });
    await client.ended();
  });

  const dropped: readonly (readonly [string, number, Buffer])[] = [
    ['client flags that it does not know', 0xffff, Buffer.alloc(0)],
    ['a client that is not fixed newstyle', 0, Buffer.alloc(0)],
    ['a wrong option magic', 3, randomBytes(16)],
    ['EXPORT_NAME of an unknown export', 3, option(1, Buffer.from('other'))],
    ['EXPORT_NAME of 4 GiB', 3, option(1, Buffer.alloc(0), 0xffffffff)],
  ];
  it.each(dropped)('hangs up on %s', async (_, flags, bytes) => {
    const server = shared;
    using client = await NbdRawClient.connect(server.path);
    await client.greet(flags);
    client.send(bytes);
    await client.ended();
    using next = await NbdRawClient.transmitting(server.path);
    expect(await next.errorOf(request({ type: FLUSH }))).toBe(0);
  });
});
