import { describe, expect, it } from 'vitest';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import { readContainer, verifyContainerPassphrase } from '../../main/luks/container.ts';
import type { HeaderDevice } from '../../main/luks/header-storage.ts';
import { compareLuks1, readLuks1Region, restoreLuks1 } from '../../main/luks/keys/luks1-backup.ts';
import {
  addLuks1Key,
  changeLuks1Key,
  eraseLuks1Keys,
  luks1AreaOf,
  removeLuks1Key,
} from '../../main/luks/keys/luks1-keys.ts';
import { isActive } from '../../main/luks/luks1-header.ts';
import { readLuks1 } from '../../main/luks/read-luks1.ts';
import { VaultError } from '../../shared/errors/vault-error.ts';
import { MIB } from '../../shared/units.ts';
import { secretOf, TEST_PASSPHRASE } from '../support/luks-fixtures.ts';
import { addTo, LUKS1_ITERATIONS, luks1InMemory } from '../support/luks1-fixture.ts';
import { RecordingDevice } from '../support/recording-device.ts';
import { seededRandom } from '../support/seeded-random.ts';

const NEW = 'the new passphrase';
const HEADER_BYTES = 592;

type Operation = Readonly<{
  name: string;
  /** Passphrases beside the first one. */
  before: readonly string[];
  run: (device: HeaderDevice, bytes: Uint8Array) => Promise<void>;
  /** One of these opens at every point. */
  keys: readonly string[];
  /** Opens at every point, for it is not concerned. */
  other: string | null;
  gone: readonly string[];
}>;

const add = async (device: HeaderDevice) => {
  using existing = secretOf(TEST_PASSPHRASE);
  using passphrase = secretOf(NEW);
  const added = { passphrase, iterations: LUKS1_ITERATIONS };
  await addLuks1Key(device, readLuks1(device), { existing, added });
};
const change = async (device: HeaderDevice) => {
  using existing = secretOf(TEST_PASSPHRASE);
  using passphrase = secretOf(NEW);
  const changed = { passphrase, iterations: LUKS1_ITERATIONS };
  await changeLuks1Key(device, readLuks1(device), { existing, changed });
};
const five = ['1', '2', '3', '4', '5'];

/** Slots 6 and 7 lie in both sectors of the header and in its second one: each is gone through. */
const OPERATIONS: readonly Operation[] = [
  ...[five.slice(0, 1), five, [...five, '6']].map((before) => ({
    name: `adding a key in keyslot ${before.length + 1}`,
    ...{ before, run: add, keys: [TEST_PASSPHRASE], other: '1', gone: [] },
  })),
  ...[five.slice(0, 1), five].map((before) => ({
    name: `changing a key to keyslot ${before.length + 1}`,
    ...{ before, run: change, keys: [TEST_PASSPHRASE, NEW], other: '1', gone: [TEST_PASSPHRASE] },
  })),
  ...[0, 6, 7].map((keyslotId) => ({
    name: `removing keyslot ${keyslotId}`,
    before: [...five, '6', '7'],
    run: async (device: HeaderDevice) => {
      removeLuks1Key(device, readLuks1(device), keyslotId, false);
    },
    keys: ['1'],
    other: '2',
    gone: [keyslotId === 0 ? TEST_PASSPHRASE : String(keyslotId)],
  })),
];

async function opens(bytes: Uint8Array, passphrase: string): Promise<boolean> {
  const device = new MemoryDevice(bytes, true);
  using secret = secretOf(passphrase);
  try {
    await verifyContainerPassphrase(device, readContainer(device), secret);
    return true;
  } catch (error) {
    if (error instanceof VaultError && error.code === 'passphrase-wrong') return false;
    throw error;
  }
}

async function assertAlive(image: Uint8Array, before: Uint8Array, operation: Operation) {
  let alive = 0;
  for (const key of operation.keys) if (await opens(image, key)) alive += 1;
  expect(alive).toBeGreaterThan(0);
  if (operation.other !== null) expect(await opens(image, operation.other)).toBe(true);
  const data = (bytes: Uint8Array) => Buffer.from(bytes.subarray(16 * MIB));
  expect(data(image).equals(data(before))).toBe(true);
}

/** Every point at the header, and a sample where areas are written. */
function pointsOf(recorder: RecordingDevice): readonly number[] {
  const isHeader = (index: number) =>
    [index - 1, index].some(
      (at) => (recorder.writes[at]?.offsetBytes ?? Number.POSITIVE_INFINITY) < HEADER_BYTES,
    );
  return Array.from({ length: recorder.writes.length + 1 }, (_, index) => index).filter(
    (index) => isHeader(index) || index % 96 === 0 || index === recorder.writes.length,
  );
}

/** Cuts an operation at its points, once whole and once with unsynced writes dropped and torn. */
async function cutEverywhere(
  recorder: RecordingDevice,
  check: (image: Uint8Array) => Promise<void>,
): Promise<void> {
  const random = seededRandom(9);
  for (const point of pointsOf(recorder)) {
    await check(recorder.imageAfter(point));
    const torn = recorder.writes[point];
    const isSynced = (torn?.epoch ?? 0) > (recorder.writes[point - 1]?.epoch ?? 0);
    const image = recorder.imageAfter(point, () => isSynced || random.below(2) === 0);
    if (torn !== undefined)
      image.set(torn.bytes.subarray(0, 512 * (1 + random.below(7))), torn.offsetBytes);
    await check(image);
  }
}

describe.each(OPERATIONS)('LUKS1: $name', (operation) => {
  it('cut anywhere, with unsynced writes dropped or torn, leaves keys that open', async () => {
    const before = (await luks1InMemory(operation.before)).bytes.slice();
    const recorder = new RecordingDevice(before);
    await operation.run(recorder, before);
    await cutEverywhere(recorder, (image) => assertAlive(image, before, operation));
    const after = recorder.imageAfter(recorder.writes.length);
    for (const key of operation.gone) expect(await opens(after, key)).toBe(false);
  }, 120_000);
});

describe('LUKS1: restoring a backup', () => {
  it.each([
    { name: 'the only key was changed', kept: [], change: true, now: [] },
    { name: 'keys came and one was changed', kept: ['1'], change: true, now: ['2', '3'] },
    { name: 'a key was removed', kept: ['1', '2'], change: false, now: [] },
    { name: 'all keyslots are in use', kept: [...five, '6'], change: true, now: ['7'] },
  ])(
    'cut anywhere leaves a key of now or of then, where $name',
    async (row) => {
      const { kept, change: isChanged, now } = row;
      const device = await luks1InMemory(kept);
      const loaded = readLuks1(device);
      const backup = { loaded, region: readLuks1Region(device, loaded) };
      if (isChanged) await change(device);
      else removeLuks1Key(device, readLuks1(device), 0, false);
      const opener = isChanged ? NEW : '1';
      for (const text of now) await addBy(device, opener, text);
      const before = device.bytes.slice();
      const recorder = new RecordingDevice(before);
      const current = readLuks1(recorder);
      expect(compareLuks1(current, loaded, recorder.sizeBytes).isVerified).toBe(true);
      restoreLuks1(recorder, current, backup);
      const operation = { keys: [TEST_PASSPHRASE, opener], other: null } as const;
      await cutEverywhere(recorder, (image) =>
        assertAlive(image, before, { name: '', before: [], run: add, gone: [], ...operation }),
      );
      const after = recorder.imageAfter(recorder.writes.length);
      const region = after.subarray(0, backup.region.length);
      expect(region.subarray(0, HEADER_BYTES).equals(backup.region.subarray(0, HEADER_BYTES))).toBe(
        true,
      );
      for (const text of [TEST_PASSPHRASE, ...kept]) expect(await opens(after, text)).toBe(true);
      for (const text of [...(isChanged ? [NEW] : []), ...now])
        expect(await opens(after, text)).toBe(false);
    },
    240_000,
  );
});

describe('LUKS1: erasing', () => {
  it('repeated after any cut leaves no key', async () => {
    const before = (await luks1InMemory(['1', '2'])).bytes.slice();
    const recorder = new RecordingDevice(before);
    eraseLuks1Keys(recorder, readLuks1(recorder));
    for (const point of [0, 1, 100, recorder.writes.length - 1, recorder.writes.length]) {
      const device = new MemoryDevice(recorder.imageAfter(point));
      eraseLuks1Keys(device, readLuks1(device));
      expect(readLuks1(device).header.keyslots.some(isActive)).toBe(false);
      expect(sharedSectors(device.bytes, before)).toBe(0);
    }
  });
});

/** As {@link addTo}, by another key. */
async function addBy(device: MemoryDevice, opener: string, text: string): Promise<void> {
  if (opener === TEST_PASSPHRASE) return await addTo(device, text);
  using existing = secretOf(opener);
  using passphrase = secretOf(text);
  const added = { passphrase, iterations: LUKS1_ITERATIONS };
  await addLuks1Key(device, readLuks1(device), { existing, added });
}

/** Counts sectors of key areas that are what they were and hold something. */
function sharedSectors(image: Uint8Array, before: Uint8Array): number {
  const { header } = readLuks1(new MemoryDevice(before.slice(), true));
  let count = 0;
  for (const id of header.keyslots.keys()) {
    const { offsetBytes, sizeBytes } = luks1AreaOf(header, id);
    for (let at = offsetBytes; at < offsetBytes + sizeBytes; at += 512) {
      const sector = Buffer.from(before.subarray(at, at + 512));
      const isSame = sector.equals(image.subarray(at, at + 512));
      if (isSame && sector.some((byte) => byte !== 0)) count += 1;
    }
  }
  return count;
}
