import { describe, expect, it } from 'vitest';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import { removeKeyslot } from '../../main/luks/keys/remove-key.ts';
import { readHeaderRegion, restoreHeader } from '../../main/luks/keys/restore-header.ts';
import { addKey, changeKey } from '../../main/luks/keys/store-key.ts';
import { readLuks2 } from '../../main/luks/read-luks2.ts';
import { verifyPassphrase } from '../../main/luks/verify-passphrase.ts';
import { VaultError } from '../../shared/errors/vault-error.ts';
import { formatInMemory, secretOf, TEST_PASSPHRASE } from '../support/luks-fixtures.ts';
import { RecordingDevice } from '../support/recording-device.ts';
import { seededRandom } from '../support/seeded-random.ts';

const COST = { type: 'pbkdf2', hash: 'sha256', iterations: 1000 } as const;
const LABEL = { name: '', createdAt: null, kind: 'passphrase' } as const;
const LATER = 'a later passphrase';
const HEADER_BYTES = 16 * 1024;

type Device = Parameters<typeof addKey>[0];

async function add(device: Device, passphraseText: string): Promise<void> {
  using existing = secretOf(TEST_PASSPHRASE);
  using passphrase = secretOf(passphraseText);
  await addKey(device, readLuks2(device), {
    existing,
    added: { passphrase, cost: COST, label: LABEL },
  });
}

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

/** A container, an earlier backup of it, and the passphrase that only the container knows. */
const HISTORIES = {
  'after a key was changed': async (device: MemoryDevice) => {
    using existing = secretOf(TEST_PASSPHRASE);
    using passphrase = secretOf(LATER);
    await changeKey(device, readLuks2(device), {
      existing,
      changed: { passphrase, cost: COST, label: LABEL },
    });
  },
  'where another key lies in the place of one of the backup': async (device: MemoryDevice) => {
    await add(device, 'third');
    removeKeyslot(device, readLuks2(device), 0, { mayBeLast: false });
    using existing = secretOf('third');
    using passphrase = secretOf(LATER);
    await addKey(device, readLuks2(device), {
      existing,
      added: { passphrase, cost: COST, label: LABEL },
    });
  },
} as const;

describe.each(Object.entries(HISTORIES))('a restore %s', (_name, history) => {
  it('cut at any write leaves the old header or the new one, with a key that opens', async () => {
    const { device } = await formatInMemory();
    const backupDevice = new MemoryDevice(device.bytes.slice(), true);
    const loaded = readLuks2(backupDevice);
    const backup = { loaded, region: readHeaderRegion(backupDevice, loaded) };
    await history(device);
    expect(await opens(device.bytes, TEST_PASSPHRASE)).toBe(false);
    const recorder = new RecordingDevice(device.bytes);
    restoreHeader(recorder, readLuks2(recorder), backup);
    const random = seededRandom(9);
    const points = Array.from({ length: recorder.writes.length + 1 }, (_, index) => index);
    for (const point of points.filter((at) => isTelling(recorder, at))) {
      const isDropping = point % 2 === 0;
      const torn = recorder.writes[point];
      const isSynced = (torn?.epoch ?? 0) > (recorder.writes[point - 1]?.epoch ?? 0);
      const survives = () => isSynced || !isDropping || random.below(2) === 0;
      const image = recorder.imageAfter(point, survives);
      if (torn !== undefined && isDropping)
        image.set(torn.bytes.subarray(0, 1024), torn.offsetBytes);
      const alive = [await opens(image, TEST_PASSPHRASE), await opens(image, LATER)];
      expect(alive).toContain(true);
      expect(
        Buffer.from(image.subarray(16 * 1024 ** 2)).equals(device.bytes.subarray(16 * 1024 ** 2)),
      ).toBe(true);
    }
    const after = recorder.imageAfter(recorder.writes.length);
    expect(await opens(after, TEST_PASSPHRASE)).toBe(true);
    expect(await opens(after, LATER)).toBe(false);
  }, 120_000);
});

/** All where the header is written, a sample where the keyslots area is. */
function isTelling(recorder: RecordingDevice, point: number): boolean {
  const near = [point - 1, point, point + 1].map((at) => recorder.writes[at]?.offsetBytes ?? 0);
  return near.some((offset) => offset < 2 * HEADER_BYTES) || point % 64 === 0;
}
