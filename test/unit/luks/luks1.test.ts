import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryDevice } from '../../../main/block/memory-device.ts';
import { encodeTextField } from '../../../main/luks/binary-header.ts';
import { describeContainer, readContainer } from '../../../main/luks/container.ts';
import {
  encodeLuks1Header,
  LUKS1_KEYSLOT_STATES,
  type Luks1Header,
  parseLuks1Header,
} from '../../../main/luks/luks1-header.ts';
import { luks1Segment } from '../../../main/luks/luks1-segment.ts';
import { readLuks1, updateLuks1 } from '../../../main/luks/read-luks1.ts';
import { MIB } from '../../../shared/units.ts';

const { active, inactive } = LUKS1_KEYSLOT_STATES;

function headerOf(changes: Partial<Luks1Header> = {}): Luks1Header {
  return {
    cipherName: encodeTextField('aes', 32),
    cipherMode: encodeTextField('xts-plain64', 32),
    hashName: encodeTextField('sha256', 32),
    payloadOffsetSectors: 4096,
    keyBytes: 64,
    digest: new Uint8Array(20),
    digestSalt: new Uint8Array(32),
    digestIterations: 1000,
    uuid: encodeTextField('4e6d499a-059a-4197-bbed-ea850fb5adfd', 40),
    keyslots: Array.from({ length: 8 }, (_, id) => ({
      stateWord: id < 2 ? active : inactive,
      iterations: 1000,
      salt: new Uint8Array(32),
      areaOffsetSectors: 8 + id * 504,
      stripes: 4000,
    })),
    ...changes,
  };
}

function deviceOf(header: Luks1Header, sizeBytes = 3 * MIB): MemoryDevice {
  const bytes = new Uint8Array(sizeBytes);
  bytes.set(encodeLuks1Header(header));
  return new MemoryDevice(bytes);
}

function withSlot(id: number, change: Partial<Luks1Header['keyslots'][number]>): Luks1Header {
  const header = headerOf();
  const keyslots = header.keyslots.map((slot, at) => (at === id ? { ...slot, ...change } : slot));
  return { ...header, keyslots };
}

describe('a LUKS1 header', () => {
  it('is byte for byte what it was after parsing and encoding, whatever it holds', () => {
    const property = fc.property(fc.uint8Array({ minLength: 584, maxLength: 584 }), (rest) => {
      const bytes = Uint8Array.from([0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe, 0, 1, ...rest]);
      expect(Buffer.from(encodeLuks1Header(parseLuks1Header(bytes)))).toEqual(Buffer.from(bytes));
    });
    fc.assert(property, { numRuns: 200, seed: 1 });
  });

  it.each([
    ['an unknown hash', headerOf({ hashName: encodeTextField('md5', 32) }), 'metadata-invalid'],
    ['a key of no bytes', headerOf({ keyBytes: 0 }), 'metadata-invalid'],
    ['a key of 4 GiB', headerOf({ keyBytes: 2 ** 32 - 1 }), 'metadata-invalid'],
    ['a payload over key areas', headerOf({ payloadOffsetSectors: 100 }), 'metadata-invalid'],
    ['other stripes', withSlot(5, { stripes: 1 }), 'metadata-invalid'],
    ['an area in the header', withSlot(3, { areaOffsetSectors: 1 }), 'metadata-invalid'],
    ['an area in the data', withSlot(1, { areaOffsetSectors: 4000 }), 'metadata-invalid'],
    ['areas over each other', withSlot(1, { areaOffsetSectors: 300 }), 'area-overlap'],
    ['two keyslots with one area', withSlot(6, { areaOffsetSectors: 8 }), 'area-overlap'],
  ])('with %s is refused', (_name, header, code) => {
    expect(() => readLuks1(deviceOf(header))).toThrow(expect.objectContaining({ code }));
  });

  it('with a hash that we do not have is listed', () => {
    const device = deviceOf(headerOf({ hashName: encodeTextField('whirlpool', 32) }));
    expect(describeContainer(readContainer(device), device.sizeBytes)).toMatchObject({
      format: 'luks1',
      version: 1,
      keyslots: [{ id: 0, kdf: { hash: 'whirlpool' } }, { id: 1 }],
    });
  });

  it('is updated only where nobody else did meanwhile, and not into nonsense', () => {
    const device = deviceOf(headerOf());
    const loaded = readLuks1(device);
    const renamed = headerOf({ uuid: encodeTextField('00000000-0000-4000-8000-000000000000', 40) });
    expect(updateLuks1(device, loaded, renamed).header).toEqual(renamed);
    expect(() => updateLuks1(device, loaded, headerOf())).toThrow(
      expect.objectContaining({ code: 'header-changed' }),
    );
    const bad = headerOf({ keyBytes: 0 });
    expect(() => updateLuks1(device, readLuks1(device), bad)).toThrow(
      expect.objectContaining({ code: 'metadata-invalid' }),
    );
  });
});

describe('luks1Segment()', () => {
  const attached = { sizeBytes: 3 * MIB + 100, isDetached: false };

  it('is all whole sectors behind the header', () => {
    expect(luks1Segment(headerOf(), attached)).toEqual({
      offsetBytes: 2 * MIB,
      lengthBytes: MIB,
      ivTweakSectors: 0,
      sectorBytes: 512,
      cipher: 'aes-xts-plain64',
    });
  });

  it('takes plain for plain64 up to 2 TiB, and not beyond', () => {
    const header = headerOf({ cipherMode: encodeTextField('xts-plain', 32) });
    const large = { sizeBytes: 2 ** 42, isDetached: false };
    expect(luks1Segment(header, attached).cipher).toBe('aes-xts-plain64');
    expect(luks1Segment(header, large).cipher).toBe('aes-xts-plain');
  });

  it('is refused where the data lie elsewhere, or the cipher is not ours', () => {
    const detached = headerOf({ payloadOffsetSectors: 0 });
    expect(() => luks1Segment(detached, attached)).toThrow(
      expect.objectContaining({ code: 'header-detached' }),
    );
    expect(luks1Segment(detached, { ...attached, isDetached: true }).offsetBytes).toBe(0);
    for (const mode of ['ecb', 'xts-null', 'cbc', 'lrw-benbi', 'cbc-essiv:wp256']) {
      const header = headerOf({ cipherMode: encodeTextField(mode, 32) });
      expect(() => luks1Segment(header, attached), mode).toThrow(
        expect.objectContaining({ code: 'cipher-unsupported' }),
      );
    }
  });
});
