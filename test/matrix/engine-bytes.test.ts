import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BlockDevice } from '../../main/block/block-device.ts';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import { ENGINE_MODES, type ProviderName } from '../../shared/model/engine.ts';
import { KIB, MIB } from '../../shared/units.ts';
import { hasNativeAddon } from '../support/build-native.ts';
import { createEngineFixture, createFileDevice } from '../support/engine-fixture.ts';
import { openSslXts } from '../support/openssl-xts.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const VOLUME_BYTES = 4 * MIB;
const IV_TWEAK = 2 ** 32 - 1024;
const SECTOR_SIZES = [512, 1024, 2048, 4096] as const;
/** Lengths around every limit at which an engine cuts a request, in sectors of 4 KiB. */
const LENGTHS = [1, 2, 15, 16, 17, 24, 32, 33, 63, 64, 65, 128, 200, 256, 300] as const;
const SLOW_LENGTHS = [1, 16, 17, 33] as const;

const DEVICES: Readonly<Record<string, (folder: TemporaryFolder, name: string) => BlockDevice>> = {
  file: (folder, name) => createFileDevice(folder.file(name), VOLUME_BYTES),
  memory: () => new MemoryDevice(new Uint8Array(VOLUME_BYTES)),
};

const hasNative = hasNativeAddon();
const PROVIDERS: readonly ProviderName[] = hasNative
  ? ['native', 'ecb-wasm', 'noble']
  : ['ecb-wasm', 'noble'];

let folder: TemporaryFolder;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder[Symbol.dispose]());

describe.each(PROVIDERS)('provider %s', (provider) => {
  describe.each(Object.keys(DEVICES))('on a %s device', (kind) => {
    it.each(SECTOR_SIZES)(
      'every engine stores what one sector at a time would, sectors of %i bytes',
      async (sectorBytes) => {
        const name = `${provider}-${kind}-${sectorBytes}`;
        using device = DEVICES[kind]?.(folder, name) ?? new MemoryDevice(new Uint8Array(0));
        const keyBytes = sectorBytes === 1024 ? 32 : 64;
        await using fixture = await createEngineFixture({
          storage: device,
          provider,
          sectorBytes,
          keyBytes,
        });
        const random = seededRandom(sectorBytes);
        const plain = new Uint8Array(VOLUME_BYTES);
        expect(fixture.engine.providerName).toBe(provider);

        // All of the storage holds ciphertext of known plaintext before anything is read.
        device.writeFrom(0, openSslXts(fixture.key, plain, sectorBytes, IV_TWEAK));
        const lengths = provider === 'noble' ? SLOW_LENGTHS : LENGTHS;
        for (const mode of ENGINE_MODES) {
          fixture.use(mode);
          for (const sectors of lengths) {
            const length = Math.min(sectors * 4 * KIB, VOLUME_BYTES);
            const places = (VOLUME_BYTES - length) / sectorBytes + 1;
            const writeAt = random.below(places) * sectorBytes;
            const fresh = random.bytes(length);
            const view = fixture.buffer.subarray(0, length);
            view.set(fresh);
            plain.set(fresh, writeAt);
            fixture.engine.write(writeAt, view, IV_TWEAK + writeAt / 512);

            const readAt = random.below(places) * sectorBytes;
            fixture.engine.read(readAt, view, IV_TWEAK + readAt / 512);
            expect(view.equals(plain.subarray(readAt, readAt + length))).toBe(true);
          }
          // Only a file's bytes can be moved by other threads; auto rehearses with them anyway.
          if (mode === 'threaded') expect(fixture.pool.fragmentsDone > 0).toBe(kind === 'file');
          const stored = Buffer.alloc(VOLUME_BYTES);
          device.readInto(0, stored);
          expect(stored.equals(openSslXts(fixture.key, plain, sectorBytes, IV_TWEAK))).toBe(true);
        }
        expect(fixture.events).toEqual([]);
      },
    );
  });
});
