import { describe, expect, it } from 'vitest';
import { BlockCache, PAGE_BYTES } from '../../../main/block/block-cache.ts';
import type { WriteRank } from '../../../main/block/ordered-device.ts';
import { Arena } from '../../../main/bytes/arena.ts';
import { DeviceError } from '../../../shared/errors/vault-error.ts';
import { KIB, MIB } from '../../../shared/units.ts';
import { FaultDevice, noSpace } from '../../support/fault-device.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const CAPACITY = MIB;

function build(sizeBytes = 8 * MIB) {
  const device = new FaultDevice(sizeBytes);
  const arena = new Arena(BlockCache.arenaBytes(CAPACITY) + 2 * MIB);
  return { device, arena, cache: new BlockCache(device, arena, CAPACITY) };
}

function filled(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value);
}

describe('BlockCache', () => {
  it.each([1, 2, 3])('agrees with plain memory over 20,000 random operations, seed %i', (seed) => {
    const sizeBytes = 3 * MIB + 512;
    const { device, arena, cache } = build(sizeBytes);
    const model = new Uint8Array(sizeBytes);
    const random = seededRandom(seed);
    const aligned = arena.allocate(256 * KIB, PAGE_BYTES);
    for (let step = 0; step < 20_000; step += 1) {
      const choice = random.below(100);
      const isLarge = random.below(20) === 0;
      const view = isLarge
        ? aligned.subarray(0, (16 + random.below(48)) * PAGE_BYTES)
        : new Uint8Array(1 + random.below(9000));
      const limit = sizeBytes - view.length;
      const offset = isLarge
        ? random.below(Math.floor(limit / PAGE_BYTES)) * PAGE_BYTES
        : random.below(limit + 1);
      if (choice < 45) {
        view.set(random.bytes(1), 0);
        view.fill(random.below(256), 1);
        model.set(view, offset);
        cache.writeOrdered(offset, view, random.below(4) as WriteRank); // 0 to 3
      } else if (choice < 95) {
        cache.readInto(offset, view);
        expect(Buffer.compare(view, model.subarray(offset, offset + view.length))).toBe(0);
      } else cache.flush();
    }
    cache.flush();
    expect(cache.dirtyBytes).toBe(0);
    expect(Buffer.compare(device.memory.bytes, model)).toBe(0);
    expect(cache.hits + cache.misses).toBeGreaterThan(0);
  });

  it.each([
    [0, 32],
    [32 * KIB, 5],
    [64 * KIB, 3],
    [256 * KIB, 2],
  ])('reads %d bytes ahead of small requests that follow each other', (readAheadBytes, misses) => {
    const { cache } = build();
    cache.readAheadBytes = readAheadBytes;
    for (let page = 0; page < 32; page += 1) {
      cache.readInto(page * PAGE_BYTES, new Uint8Array(PAGE_BYTES));
    }
    expect(cache.misses).toBe(misses);
  });

  it('writes ranks in ascending order with a barrier between them', () => {
    const { device, cache } = build();
    cache.writeOrdered(3 * PAGE_BYTES, filled(PAGE_BYTES, 3), 3);
    cache.writeOrdered(2 * PAGE_BYTES, filled(PAGE_BYTES, 2), 2);
    cache.writeOrdered(PAGE_BYTES, filled(PAGE_BYTES, 1), 1);
    cache.writeOrdered(0, filled(PAGE_BYTES, 9), 0);
    cache.flush();
    const order = device.events.map((e) =>
      e.type === 'write' ? e.offsetBytes / PAGE_BYTES : e.type,
    );
    expect(order).toEqual([0, 'flush', 1, 'flush', 2, 'flush', 3, 'flush']);
  });

  it('sends what a page holds down first when a write of another rank comes', () => {
    const { device, cache } = build();
    cache.writeOrdered(0, filled(512, 1), 1);
    cache.writeOrdered(PAGE_BYTES, filled(512, 2), 2);
    cache.writeOrdered(512, filled(512, 3), 3);
    const pages = device.events.map((e) =>
      e.type === 'write' ? e.offsetBytes / PAGE_BYTES : e.type,
    );
    expect(pages).toEqual([0, 'flush', 1]);
    cache.flush();
    expect(device.memory.bytes.subarray(510, 514)).toEqual(Uint8Array.of(1, 1, 3, 3));
  });

  it('coalesces neighbouring pages into one write', () => {
    const { device, cache } = build();
    for (let page = 0; page < 32; page += 1) {
      cache.writeFrom(page * PAGE_BYTES, filled(PAGE_BYTES, page));
    }
    cache.flush();
    expect(device.events.filter((e) => e.type === 'write')).toHaveLength(1);
  });

  it('keeps what could not be written and writes it once there is space', () => {
    const { device, cache } = build();
    cache.writeFrom(0, filled(PAGE_BYTES, 7));
    device.onOperation = (operation, offset) => {
      if (operation === 'write') throw noSpace(offset);
    };
    expect(() => cache.flush()).toThrow(expect.objectContaining({ code: 'no-space' }));
    expect(cache.dirtyBytes).toBe(PAGE_BYTES);
    device.onOperation = () => {};
    cache.flush();
    expect(device.memory.bytes[0]).toBe(7);
  });

  it('keeps what it has acknowledged when a large write over it fails', () => {
    const { device, arena, cache } = build();
    cache.writeFrom(PAGE_BYTES, filled(PAGE_BYTES, 7));
    const clean = new Uint8Array(PAGE_BYTES);
    cache.readInto(2 * PAGE_BYTES, clean);
    device.onOperation = (operation, offsetBytes) => {
      if (operation === 'write') throw noSpace(offsetBytes);
    };
    const large = arena.allocate(128 * KIB, PAGE_BYTES).fill(9);
    expect(() => cache.writeFrom(0, large)).toThrow(expect.objectContaining({ code: 'no-space' }));
    device.onOperation = () => {};
    // A part of it may have got through.
    device.memory.writeFrom(2 * PAGE_BYTES, filled(PAGE_BYTES, 9));
    cache.flush();
    const back = new Uint8Array(2 * PAGE_BYTES);
    cache.readInto(PAGE_BYTES, back);
    expect(back.subarray(0, PAGE_BYTES)).toEqual(filled(PAGE_BYTES, 7));
    expect(back.subarray(PAGE_BYTES)).toEqual(filled(PAGE_BYTES, 9));
    expect(device.memory.bytes.subarray(PAGE_BYTES, 2 * PAGE_BYTES)).toEqual(filled(PAGE_BYTES, 7));
  });

  it('does not serve a page that could not be read, and reads it the next time', () => {
    const { device, cache } = build();
    device.memory.bytes.fill(5);
    device.onOperation = () => {
      throw noSpace(0);
    };
    const target = new Uint8Array(16);
    expect(() => cache.readInto(0, target)).toThrow();
    device.onOperation = () => {};
    cache.readInto(0, target);
    expect(target).toEqual(filled(16, 5));
  });

  it('reads every page but the one that the storage cannot read', () => {
    const { device, cache } = build();
    const bad = 20 * PAGE_BYTES;
    device.memory.bytes.fill(5, 0, 64 * PAGE_BYTES);
    const read = device.readInto.bind(device);
    device.readInto = (offsetBytes, target) => {
      if (offsetBytes <= bad && offsetBytes + target.length > bad)
        throw new DeviceError('io-error', { offsetBytes });
      read(offsetBytes, target);
    };
    const page = new Uint8Array(PAGE_BYTES);
    const failed: number[] = [];
    for (let at = 0; at < 64 * PAGE_BYTES; at += PAGE_BYTES) {
      try {
        cache.readInto(at, page.fill(0));
        expect(page).toEqual(filled(PAGE_BYTES, 5));
      } catch (error) {
        expect(error).toBeInstanceOf(DeviceError);
        failed.push(at);
      }
    }
    expect(failed).toEqual([bad]);
  });

  it('drops pages that are discarded, dirty ones too', () => {
    const { device, cache } = build();
    cache.writeFrom(0, filled(2 * PAGE_BYTES, 1));
    cache.discard(0, 2 * PAGE_BYTES);
    cache.flush();
    expect(device.events.filter((e) => e.type === 'write')).toHaveLength(0);
  });

  it('wipes its memory when disposed', () => {
    const { arena, cache } = build();
    cache.writeFrom(0, filled(PAGE_BYTES, 0xab));
    cache[Symbol.dispose]();
    expect(arena.bytes.indexOf(0xab)).toBe(-1);
  });

  it('takes no more dirty pages than half of its slots', () => {
    const { cache } = build();
    for (let page = 0; page < 2000; page += 1) {
      cache.writeFrom(page * PAGE_BYTES, filled(PAGE_BYTES, 1));
    }
    expect(cache.dirtyBytes).toBeLessThanOrEqual(CAPACITY / 2);
  });
});

describe('BlockCache and the space of its device', () => {
  it('reserves before it acknowledges, once for each 64 KiB, and again after a discard', () => {
    const { device, cache } = build();
    const asked: number[] = [];
    device.reserve = (offset) => {
      asked.push(offset);
    };
    for (let page = 0; page < 20; page += 1) cache.writeFrom(page * PAGE_BYTES, filled(16, 1));
    cache.writeFrom(0, filled(16, 2));
    expect(asked).toEqual([0, 64 * KIB]);
    cache.discard(0, 64 * KIB);
    cache.writeFrom(0, filled(16, 3));
    expect(asked).toEqual([0, 64 * KIB, 0]);
  });

  it('refuses a write whose space cannot be reserved, and takes it later', () => {
    const { device, cache } = build();
    device.reserve = (offset) => {
      throw noSpace(offset);
    };
    expect(() => cache.writeFrom(0, filled(16, 1))).toThrow(
      expect.objectContaining({ code: 'no-space' }),
    );
    expect(cache.dirtyBytes).toBe(0);
    device.reserve = () => {};
    cache.writeFrom(0, filled(16, 1));
    expect(cache.dirtyBytes).toBe(PAGE_BYTES);
  });
});
