import { describe, expect, it } from 'vitest';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import type { HeaderDevice } from '../../main/luks/header-storage.ts';
import { finishWipes } from '../../main/luks/keys/finish-wipes.ts';
import { withPriority } from '../../main/luks/keys/key-metadata.ts';
import { eraseKeyslots, removeKeyslot } from '../../main/luks/keys/remove-key.ts';
import { addKey, changeKey } from '../../main/luks/keys/store-key.ts';
import { readLuks2 } from '../../main/luks/read-luks2.ts';
import { updateHeader } from '../../main/luks/update-header.ts';
import { verifyPassphrase } from '../../main/luks/verify-passphrase.ts';
import { VaultError } from '../../shared/errors/vault-error.ts';
import {
  formatInMemory,
  secretOf,
  TEST_PASSPHRASE,
  withCheapDigest,
} from '../support/luks-fixtures.ts';
import { RecordingDevice } from '../support/recording-device.ts';
import { seededRandom } from '../support/seeded-random.ts';

const COST = { type: 'pbkdf2', hash: 'sha256', iterations: 1000 } as const;
const LABEL = { name: 'new', createdAt: '2026-01-01T00:00:00.000Z', kind: 'passphrase' } as const;
const SECOND = 'second passphrase';
const NEW = 'the new passphrase';
const HEADER_BYTES = 16 * 1024;

/** A container with two keys, as it lies on the storage. */
async function twoKeys(): Promise<Uint8Array> {
  const { device } = withCheapDigest(await formatInMemory());
  using existing = secretOf(TEST_PASSPHRASE);
  using passphrase = secretOf(SECOND);
  const added = { passphrase, cost: COST, label: { ...LABEL, name: 'second' } };
  await addKey(device, readLuks2(device), { existing, added });
  return device.bytes;
}

type Operation = Readonly<{
  name: string;
  run: (device: HeaderDevice) => Promise<void>;
  /** Keys of which one has to open at every point, before and after. */
  keys: readonly string[];
  /** Keys that must not open once the operation is done. */
  gone: readonly string[];
}>;

const OPERATIONS: readonly Operation[] = [
  {
    name: 'adding a key',
    run: async (device) => {
      using existing = secretOf(TEST_PASSPHRASE);
      using passphrase = secretOf(NEW);
      await addKey(device, readLuks2(device), {
        existing,
        added: { passphrase, cost: COST, label: LABEL },
      });
    },
    keys: [TEST_PASSPHRASE],
    gone: [],
  },
  {
    name: 'changing a key',
    run: async (device) => {
      using existing = secretOf(TEST_PASSPHRASE);
      using passphrase = secretOf(NEW);
      await changeKey(device, readLuks2(device), {
        existing,
        changed: { passphrase, cost: COST, label: LABEL },
      });
    },
    keys: [TEST_PASSPHRASE, NEW],
    gone: [TEST_PASSPHRASE],
  },
  {
    name: 'removing a key',
    run: async (device) => {
      removeKeyslot(device, readLuks2(device), 0, { mayBeLast: false });
    },
    keys: [SECOND],
    gone: [TEST_PASSPHRASE],
  },
  {
    name: 'setting a priority',
    run: async (device) => {
      const loaded = readLuks2(device);
      const root = withPriority(loaded.header.metadata.root, 0, 'prefer');
      updateHeader(device, loaded, { root });
    },
    keys: [TEST_PASSPHRASE],
    gone: [],
  },
];

async function opens(bytes: Uint8Array, passphrase: string): Promise<boolean> {
  const device = new MemoryDevice(bytes, true);
  using secret = secretOf(passphrase);
  try {
    await verifyPassphrase(device, readLuks2(device), secret);
    return true;
  } catch (error) {
    if (error instanceof VaultError && error.code === 'passphrase-wrong') return false;
    throw error;
  }
}

/** One of the keys opens, the key that is not concerned opens, and what lies behind is as it was. */
async function assertAlive(image: Uint8Array, before: Uint8Array, operation: Operation) {
  let alive = 0;
  for (const key of operation.keys) if (await opens(image, key)) alive += 1;
  expect(alive).toBeGreaterThan(0);
  expect(await opens(image, SECOND)).toBe(true);
  const data = (bytes: Uint8Array) => Buffer.from(bytes.subarray(16 * 1024 * 1024));
  expect(data(image).equals(data(before))).toBe(true);
}

/** Every cut between two writes is played where the header changes, and a sample where areas do. */
function pointsOf(recorder: RecordingDevice): readonly number[] {
  const isHeader = (index: number) =>
    [index - 1, index].some(
      (at) => (recorder.writes[at]?.offsetBytes ?? Number.POSITIVE_INFINITY) < 2 * HEADER_BYTES,
    );
  return Array.from({ length: recorder.writes.length + 1 }, (_, index) => index).filter(
    (index) => isHeader(index) || index % 16 === 0 || index === recorder.writes.length,
  );
}

describe.each(OPERATIONS)('$name', (operation) => {
  it('cut at any write leaves a key that opens and every other key', async () => {
    const before = await twoKeys();
    const recorder = new RecordingDevice(before);
    await operation.run(recorder);
    for (const point of pointsOf(recorder)) {
      await assertAlive(recorder.imageAfter(point), before, operation);
    }
    const after = recorder.imageAfter(recorder.writes.length);
    for (const key of operation.gone) expect(await opens(after, key)).toBe(false);
  }, 120_000);

  it('cut with unsynced writes dropped or torn leaves the same', async () => {
    const before = await twoKeys();
    const recorder = new RecordingDevice(before);
    await operation.run(recorder);
    const random = seededRandom(5);
    for (const point of pointsOf(recorder)) {
      const torn = recorder.writes[point];
      // Where a sync lies between the last write and the one under way, the last one has arrived.
      const isSynced = (torn?.epoch ?? 0) > (recorder.writes[point - 1]?.epoch ?? 0);
      const image = recorder.imageAfter(point, () => isSynced || random.below(2) === 0);
      // The write that was under way reached the storage in part: a sector or more of it.
      if (torn !== undefined)
        image.set(torn.bytes.subarray(0, 512 * (1 + random.below(7))), torn.offsetBytes);
      await assertAlive(image, before, operation);
    }
  }, 120_000);

  it('can be repeated after every cut, and then ends as it should', async () => {
    const before = await twoKeys();
    const recorder = new RecordingDevice(before);
    await operation.run(recorder);
    const points = pointsOf(recorder).filter((_, index) => index % 3 === 0);
    for (const point of points) {
      const device = new MemoryDevice(recorder.imageAfter(point));
      try {
        await operation.run(device);
      } catch (error) {
        // It was done already as far as the key is concerned.
        expect(['passphrase-wrong', 'keyslot-inactive']).toContain(
          error instanceof VaultError ? error.code : error,
        );
        finishWipes(device, readLuks2(device));
      }
      for (const key of operation.gone) expect(await opens(device.bytes, key)).toBe(false);
      expect(await opens(device.bytes, SECOND)).toBe(true);
      const names = [...readLuks2(device).header.metadata.tokens.values()].map((t) => t.typeName);
      expect(names).not.toContain('lockline-wipe');
    }
  }, 120_000);
});

describe('changing a key', () => {
  it('leaves nothing of the old key area, also where it was cut before the overwriting', async () => {
    const before = await twoKeys();
    const recorder = new RecordingDevice(before);
    await OPERATIONS[1]?.run(recorder);
    const { area } = requireArea(before);
    const old = Buffer.from(before.subarray(area.offsetBytes, area.offsetBytes + area.sizeBytes));
    for (const point of pointsOf(recorder)) {
      const device = new MemoryDevice(recorder.imageAfter(point));
      if (await opens(device.bytes, TEST_PASSPHRASE)) continue;
      finishWipes(device, readLuks2(device));
      expect(sharedSectors(device.bytes.subarray(area.offsetBytes), old)).toBe(0);
    }
  }, 120_000);
});

describe('erasing', () => {
  it('cut anywhere harms nothing but keys; repeated, leaves none', async () => {
    const before = await twoKeys();
    const recorder = new RecordingDevice(before);
    eraseKeyslots(recorder, readLuks2(recorder));
    for (const point of [0, 1, 5, 2000, recorder.writes.length - 3, recorder.writes.length]) {
      const device = new MemoryDevice(recorder.imageAfter(point));
      eraseKeyslots(device, readLuks2(device));
      expect(readLuks2(device).header.metadata.keyslots.size).toBe(0);
      expect(
        sharedSectors(
          device.bytes.subarray(2 * HEADER_BYTES),
          Buffer.from(before.subarray(2 * HEADER_BYTES, 16 * 1024 * 1024)),
        ),
      ).toBe(0);
    }
  });
});

describe('a wipe that a header asks for', () => {
  it('never touches a key area that is in use', async () => {
    const before = await twoKeys();
    const device = new MemoryDevice(before.slice());
    const { root } = readLuks2(device).header.metadata;
    const tokens = new Map([
      [
        '9',
        new Map<string, string | string[]>([
          ['type', 'lockline-wipe'],
          ['keyslots', []],
          ['offset', '0'],
          ['size', '999999999999'],
        ]),
      ],
      [
        '10',
        new Map<string, string | string[]>([
          ['type', 'lockline-wipe'],
          ['keyslots', []],
        ]),
      ],
    ]);
    updateHeader(device, readLuks2(device), { root: new Map([...root, ['tokens', tokens]]) });
    finishWipes(device, readLuks2(device));
    expect(await opens(device.bytes, TEST_PASSPHRASE)).toBe(true);
    expect(await opens(device.bytes, SECOND)).toBe(true);
    expect(readLuks2(device).repairs).toEqual([]);
    expect(readLuks2(device).header.metadata.tokens.size).toBe(0);
  });
});

function requireArea(bytes: Uint8Array) {
  const keyslot = readLuks2(new MemoryDevice(bytes, true)).header.metadata.keyslots.get(0);
  if (keyslot === undefined) throw new Error('keyslot 0 is missing');
  return keyslot;
}

/** Counts sectors that are the same in both and hold something. */
function sharedSectors(image: Uint8Array, old: Buffer): number {
  let count = 0;
  for (let at = 0; at < old.length; at += 512) {
    const sector = old.subarray(at, at + 512);
    if (sector.some((byte) => byte !== 0) && sector.equals(image.subarray(at, at + 512)))
      count += 1;
  }
  return count;
}
