import { describe, expect, it } from 'vitest';
import type { MemoryDevice } from '../../../main/block/memory-device.ts';
import { MemoryDevice as Memory } from '../../../main/block/memory-device.ts';
import { LUKS2_BINARY_HEADER_BYTES } from '../../../main/luks/binary-header.ts';
import { describeHeader } from '../../../main/luks/describe-header.ts';
import type { HeaderDevice } from '../../../main/luks/header-storage.ts';
import { readLuks2 } from '../../../main/luks/read-luks2.ts';
import { repairHeaderCopies } from '../../../main/luks/repair-header-copies.ts';
import { updateHeader } from '../../../main/luks/update-header.ts';
import { KIB } from '../../../shared/units.ts';
import { formatInMemory, patchJson, writeCopy } from '../../support/luks-fixtures.ts';

const coded = (code: string) => expect.objectContaining({ code });

describe('an update', () => {
  it('writes both copies with the next seqid and different salts', async () => {
    const { device } = await formatInMemory({ label: 'old' });
    const updated = updateHeader(device, readLuks2(device), { label: 'new', subsystem: 'sub' });
    expect(describeHeader(updated, device.sizeBytes)).toMatchObject({
      label: 'new',
      subsystem: 'sub',
      seqid: 2,
    });
    expect(updated.repairs).toEqual([]);
    const salts = [0, 16 * KIB].map((at) => Buffer.from(device.bytes.subarray(at + 104, at + 168)));
    expect(salts[0]?.equals(salts[1] ?? Buffer.alloc(0))).toBe(false);
  });

  it('keeps members that it does not know', async () => {
    const { device } = await formatInMemory();
    patchJson(device, (text) =>
      text.replace(
        '"tokens":{}',
        '"tokens":{"7":{"type":"x","keyslots":["0"],"deep":{"list":[1,null,true]}}}',
      ),
    );
    patchJson(device, (text) =>
      text.replace(
        '"config":{',
        '"future":{"0":{"type":"y"}},"config":{"flags":["allow-discards","other"],',
      ),
    );
    const before = readLuks2(device).header.copyBytes.slice(LUKS2_BINARY_HEADER_BYTES);
    const updated = updateHeader(device, readLuks2(device), { label: 'x' });
    expect(
      Buffer.from(updated.header.copyBytes.subarray(LUKS2_BINARY_HEADER_BYTES)).equals(before),
    ).toBe(true);
  });

  it('is refused where another program wrote meanwhile', async () => {
    const { device } = await formatInMemory();
    const loaded = readLuks2(device);
    updateHeader(device, loaded, { label: 'theirs' });
    expect(() => updateHeader(device, loaded, { label: 'ours' })).toThrow(coded('header-changed'));
    expect(describeHeader(readLuks2(device), device.sizeBytes).label).toBe('theirs');
  });

  it('is refused where the seqid is used up, the device is read-only or the metadata break the rules', async () => {
    const { device } = await formatInMemory();
    const loaded = readLuks2(device);
    expect(() => updateHeader(new Memory(device.bytes, true), loaded, {})).toThrow(
      coded('read-only'),
    );
    const root = new Map([...loaded.header.metadata.root].filter(([name]) => name !== 'digests'));
    expect(() => updateHeader(device, loaded, { root })).toThrow(coded('metadata-invalid'));
    const { binary, copyBytes } = loaded.header;
    const area = copyBytes.subarray(LUKS2_BINARY_HEADER_BYTES);
    for (const copy of ['primary', 'secondary'] as const)
      writeCopy(device, { ...binary, seqid: 2n ** 64n - 1n }, copy, area);
    expect(() => updateHeader(device, readLuks2(device), {})).toThrow(coded('metadata-invalid'));
  });

  it('holds the header lock, shared to read and exclusive to write, where the device has one', async () => {
    const { device } = await formatInMemory();
    const kinds: string[] = [];
    const locking: HeaderDevice = new Proxy<HeaderDevice>(device, {
      get: (target, name) =>
        name === 'withHeaderLock'
          ? (kind: string, action: () => unknown) => {
              kinds.push(kind);
              return action();
            }
          : Reflect.get(target, name, target),
    });
    updateHeader(locking, readLuks2(locking), { label: 'x' });
    expect(kinds).toEqual(['shared', 'exclusive']);
  });
});

describe('a repair', () => {
  const DAMAGES: readonly (readonly [string, (device: MemoryDevice) => void])[] = [
    ['a zeroed primary', (device) => device.bytes.fill(0, 0, 16 * KIB)],
    ['a torn primary', (device) => device.bytes.fill(0x55, 4500, 16 * KIB)],
    ['a zeroed secondary', (device) => device.bytes.fill(0, 16 * KIB, 32 * KIB)],
    [
      'JSON with escapes that we would not write',
      (device) => {
        patchJson(device, (text) => text.replaceAll('/', '\\/'));
        device.bytes.fill(0, 16 * KIB, 32 * KIB);
      },
    ],
  ];

  it.each(DAMAGES)(
    'of %s makes both copies good with the same content and seqid',
    async (_name, damage) => {
      const { device } = await formatInMemory({ label: 'kept' });
      damage(device);
      const loaded = readLuks2(device);
      const repaired = repairHeaderCopies(device, loaded);
      expect(repaired).toMatchObject({
        repairs: [],
        primary: { state: 'ok' },
        secondary: { state: 'ok' },
      });
      expect(repaired.header.binary.seqid).toBe(loaded.header.binary.seqid);
      expect(describeHeader(repaired, device.sizeBytes)).toMatchObject({ label: 'kept' });
    },
  );

  it('is refused where a requirement is unknown: the metadata are not ours to change', async () => {
    const { device } = await formatInMemory();
    patchJson(device, (text) =>
      text.replace('"config":{', '"config":{"requirements":{"mandatory":["future"]},'),
    );
    device.bytes.fill(0, 16 * KIB, 32 * KIB);
    const before = device.bytes.slice();
    expect(() => repairHeaderCopies(device, readLuks2(device))).toThrow(
      coded('requirement-unknown'),
    );
    expect(Buffer.from(device.bytes).equals(before)).toBe(true);
  });

  it('of good copies writes nothing', async () => {
    const { device } = await formatInMemory();
    const before = device.bytes.slice();
    repairHeaderCopies(device, readLuks2(device));
    expect(Buffer.from(device.bytes).equals(before)).toBe(true);
  });

  it.each([
    ['dos', 510, [0x55, 0xaa]],
    ['ext', 1080, [0x53, 0xef]],
    ['lvm', 512, [...'LABELONE'].map((character) => character.charCodeAt(0))],
  ])('is refused where the container also looks like %s', async (signature, offsetBytes, bytes) => {
    const { device } = await formatInMemory();
    device.bytes.fill(0, 0, 4096);
    device.bytes.set(bytes, offsetBytes);
    const loaded = readLuks2(device);
    expect(loaded.foreignSignature).toBe(signature);
    expect(loaded.primary.reason).toBe('header-ambiguous');
    const before = device.bytes.slice();
    expect(() => repairHeaderCopies(device, loaded)).toThrow(coded('header-ambiguous'));
    expect(Buffer.from(device.bytes).equals(before)).toBe(true);
  });
});
