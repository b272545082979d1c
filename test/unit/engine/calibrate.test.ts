import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DeviceError } from '../../../shared/errors/vault-error.ts';
import { MIB } from '../../../shared/units.ts';
import { createEngineFixture, createFileDevice } from '../../support/engine-fixture.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const STORAGE_BYTES = 4 * MIB;

describe('calibrate()', () => {
  it('reads the container and changes nothing, in under 100 ms', async () => {
    using folder = temporaryFolder();
    using device = createFileDevice(folder.file('container'), STORAGE_BYTES);
    device.writeFrom(0, seededRandom(1).bytes(STORAGE_BYTES));
    const before = readFileSync(folder.file('container'));
    await using fixture = await createEngineFixture({
      storage: device,
      provider: 'ecb-wasm',
      sectorBytes: 4096,
      helpers: 1,
    });
    const cpuBefore = process.threadCpuUsage();
    fixture.use('auto');
    const { user, system } = process.threadCpuUsage(cpuBefore);
    expect(user + system).toBeLessThan(100_000);
    expect(fixture.engine.gates).toBeDefined();
    expect(readFileSync(folder.file('container')).equals(before)).toBe(true);
  });

  it('is over after a storage that fails or cannot be shared: requests teach the rest', async () => {
    const storage = {
      sizeBytes: STORAGE_BYTES,
      isReadOnly: false,
      readInto: () => {
        throw new DeviceError('io-error', { offsetBytes: 0 });
      },
      writeFrom: () => {},
    };
    for (const fd of [undefined, 0]) {
      await using fixture = await createEngineFixture({
        storage: fd === undefined ? storage : { ...storage, fd },
        provider: 'ecb-wasm',
        sectorBytes: 4096,
        helpers: 1,
      });
      fixture.use('auto');
      expect(fixture.engine.gates).toEqual({
        read: Number.POSITIVE_INFINITY,
        write: Number.POSITIVE_INFINITY,
      });
    }
  });
});
