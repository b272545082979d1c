import type { MemoryDevice } from '../../main/block/memory-device.ts';
import { convertToLuks1 } from '../../main/luks/convert-to-luks1.ts';
import { addLuks1Key } from '../../main/luks/keys/luks1-keys.ts';
import { readLuks1 } from '../../main/luks/read-luks1.ts';
import { readLuks2 } from '../../main/luks/read-luks2.ts';
import {
  CHEAP_KDFS,
  formatInMemory,
  secretOf,
  TEST_PASSPHRASE,
  withCheapDigest,
} from './luks-fixtures.ts';

/** The least work that LUKS1 is written with. */
export const LUKS1_ITERATIONS = 1000;

/** Makes a LUKS1 container in memory: {@link TEST_PASSPHRASE} and then these, a keyslot each. */
export async function luks1InMemory(passphrases: readonly string[]): Promise<MemoryDevice> {
  const format = { kdf: CHEAP_KDFS.pbkdf2, sectorBytes: 512 } as const;
  const { device } = withCheapDigest(await formatInMemory(format));
  convertToLuks1(device, readLuks2(device));
  for (const text of passphrases) await addTo(device, text);
  return device;
}

/** Adds a key to a container that {@link TEST_PASSPHRASE} opens. */
export async function addTo(device: MemoryDevice, text: string): Promise<void> {
  using existing = secretOf(TEST_PASSPHRASE);
  using passphrase = secretOf(text);
  const added = { passphrase, iterations: LUKS1_ITERATIONS };
  await addLuks1Key(device, readLuks1(device), { existing, added });
}
