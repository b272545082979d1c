import { beforeAll, describe, expect, it } from 'vitest';
import { MemoryDevice } from '../../../main/block/memory-device.ts';
import { encodeHeaderCopy, LUKS2_BINARY_HEADER_BYTES } from '../../../main/luks/binary-header.ts';
import { describeHeader } from '../../../main/luks/describe-header.ts';
import { readLuks2 } from '../../../main/luks/read-luks2.ts';
import { VaultError } from '../../../shared/errors/vault-error.ts';
import { KIB } from '../../../shared/units.ts';
import { formatInMemory, patchJson, writeCopy } from '../../support/luks-fixtures.ts';
import { refuseWrites } from '../../support/write-refusing-device.ts';

let image: Uint8Array;

beforeAll(async () => {
  const { device } = await formatInMemory({ label: 'Holiday', subsystem: 'lockline' });
  image = device.bytes;
});

const copyOfImage = () => new MemoryDevice(image.slice());
const coded = (code: string) => expect.objectContaining({ code });

describe('the header of a new container', () => {
  it('reads back with both copies good, and encodes to the same bytes', () => {
    const loaded = readLuks2(refuseWrites(copyOfImage()));
    expect(loaded).toMatchObject({
      primary: { state: 'ok', seqid: 1 },
      secondary: { state: 'ok', seqid: 1 },
      repairs: [],
    });
    const { binary, copyBytes } = loaded.header;
    const encoded = encodeHeaderCopy(binary, copyBytes.subarray(LUKS2_BINARY_HEADER_BYTES));
    expect(Buffer.from(encoded).equals(copyBytes)).toBe(true);
    expect(Buffer.from(encoded).equals(image.subarray(0, encoded.length))).toBe(true);
  });

  it('is described in the words of the specification', () => {
    const info = describeHeader(readLuks2(copyOfImage()), image.length);
    expect(info).toMatchObject({
      format: 'luks2',
      label: 'Holiday',
      subsystem: 'lockline',
      headerBytes: 16 * KIB,
      keyslots: [
        {
          id: 0,
          keyBytes: 64,
          priority: 'normal',
          digestId: 0,
          kdf: { type: 'pbkdf2', iterations: 1000 },
        },
      ],
      segments: [
        { id: 0, type: 'crypt', encryption: 'aes-xts-plain64', sectorBytes: 4096, sizeBytes: null },
      ],
    });
    expect(info.uuid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });
});

describe('the choice between copies', () => {
  it.each([
    [
      'primary',
      0,
      {
        primary: { state: 'damaged', reason: 'header-checksum-mismatch' },
        secondary: { state: 'ok' },
      },
    ],
    ['secondary', 16 * KIB, { primary: { state: 'ok' }, secondary: { state: 'damaged' } }],
  ] as const)('a flipped bit in the %s leaves the other one', (copy, offsetBytes, expected) => {
    const device = copyOfImage();
    device.bytes[offsetBytes + 5000] = (device.bytes[offsetBytes + 5000] ?? 0) ^ 4;
    expect(readLuks2(refuseWrites(device))).toMatchObject({ ...expected, repairs: [copy] });
  });

  it('the higher seqid wins, whichever copy has it', () => {
    for (const copy of ['primary', 'secondary'] as const) {
      const device = copyOfImage();
      const { binary, copyBytes } = readLuks2(device).header;
      writeCopy(
        device,
        { ...binary, seqid: 2n ** 60n },
        copy,
        copyBytes.subarray(LUKS2_BINARY_HEADER_BYTES),
      );
      const loaded = readLuks2(device);
      expect(loaded.header.binary.seqid).toBe(2n ** 60n);
      expect(loaded.repairs).toEqual([copy === 'primary' ? 'secondary' : 'primary']);
    }
  });

  it('on a tie the primary wins and the difference is told', () => {
    const device = copyOfImage();
    patchJson(
      device,
      (text) => text.replace('"tokens":{}', '"tokens":{"0":{"type":"x","keyslots":[]}}'),
      ['secondary'],
    );
    const loaded = readLuks2(device);
    expect(loaded.header.metadata.tokens.size).toBe(0);
    expect(loaded.secondary).toMatchObject({ state: 'obsolete', reason: 'content-differs' });
  });

  it('tells a file that is not LUKS from one that was', () => {
    expect(() => readLuks2(new MemoryDevice(new Uint8Array(0)))).toThrow(coded('not-luks'));
    expect(() => readLuks2(new MemoryDevice(new Uint8Array(1 << 20)))).toThrow(coded('not-luks'));
    expect(() => readLuks2(new MemoryDevice(image.slice(0, 100)))).toThrow(
      coded('container-truncated'),
    );
    const device = copyOfImage();
    device.bytes.fill(0x41, 4096, 5000);
    device.bytes.fill(0x41, 16 * KIB + 4096, 16 * KIB + 5000);
    expect(() => readLuks2(device)).toThrow(coded('both-headers-corrupt'));
    device.bytes.set([0, 1], 6);
    expect(() => readLuks2(device)).toThrow(
      expect.objectContaining({ code: 'version-unsupported', data: { version: 1 } }),
    );
  });
});

describe('texts of a header', () => {
  it('are shown without controls, direction marks and what no UUID can hold', () => {
    const device = copyOfImage();
    const { binary, copyBytes } = readLuks2(device).header;
    const label = new Uint8Array(48);
    label.set(new TextEncoder().encode('a\u001b[31m\u202eb'));
    const uuid = new Uint8Array(40).fill(0x2f);
    writeCopy(
      device,
      { ...binary, label, uuid },
      'primary',
      copyBytes.subarray(LUKS2_BINARY_HEADER_BYTES),
    );
    const info = describeHeader(readLuks2(device), image.length);
    expect(info.label).toBe('a\ufffd[31m\ufffdb');
    expect(info.uuid).toBe('\ufffd'.repeat(40));
  });
});

/** Small, seeded and good enough to pick bits: Marsaglia's xorshift32. */
function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

describe('bit flips', () => {
  const RUNS = 3000;

  it('in header bytes never give more than a coded error', () => {
    const random = xorshift(0x5eed);
    const device = new MemoryDevice(image.slice(0, 17 << 20));
    const startMs = performance.now();
    for (let run = 0; run < RUNS; run += 1) {
      device.bytes.set(image.subarray(0, 32 * KIB));
      const flips = 1 + Math.floor(random() * 8);
      for (let flip = 0; flip < flips; flip += 1) {
        const inSecondary = random() < 0.5 ? 16 * KIB : 0;
        const at = inSecondary + Math.floor(random() * (random() < 0.5 ? 512 : 6000));
        device.bytes[at] = (device.bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      }
      expectCoded(() => describeHeader(readLuks2(device), device.sizeBytes));
    }
    expect(performance.now() - startMs).toBeLessThan(30_000);
  });

  it('in the JSON text under a right checksum never give more than a coded error', () => {
    const random = xorshift(0xfade);
    const device = copyOfImage();
    const { binary, copyBytes } = readLuks2(device).header;
    const good = copyBytes.slice(LUKS2_BINARY_HEADER_BYTES);
    const textBytes = good.indexOf(0);
    let accepted = 0;
    for (let run = 0; run < RUNS; run += 1) {
      const area = good.slice();
      const flips = 1 + Math.floor(random() * 8);
      for (let flip = 0; flip < flips; flip += 1) {
        const at = Math.floor(random() * textBytes);
        area[at] = (area[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      }
      writeCopy(device, binary, 'primary', area);
      writeCopy(device, binary, 'secondary', area);
      if (expectCoded(() => describeHeader(readLuks2(device), device.sizeBytes))) accepted += 1;
    }
    expect(accepted).toBeGreaterThan(0); // flips inside salts and names are still valid metadata
    expect(accepted).toBeLessThan(RUNS);
  });

  function expectCoded(action: () => unknown): boolean {
    try {
      action();
      return true;
    } catch (error) {
      expect(error).toBeInstanceOf(VaultError);
      return false;
    }
  }
});
