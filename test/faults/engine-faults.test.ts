import { execFileSync } from 'node:child_process';
import { ftruncateSync, mkdirSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileDevice } from '../../main/block/file-device.ts';
import { toDeviceError } from '../../main/system/device-errors.ts';
import type { DeviceError } from '../../shared/errors/vault-error.ts';
import { ENGINE_MODES, type ProviderName } from '../../shared/model/engine.ts';
import { MIB } from '../../shared/units.ts';
import { hasNativeAddon } from '../support/build-native.ts';
import { createEngineFixture, createFileDevice } from '../support/engine-fixture.ts';
import { FaultDevice, noSpace } from '../support/fault-device.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const SECTOR_BYTES = 4096;
/** A small disk of our own is root's to make. */
const isRoot = process.getuid?.() === 0;
const PROVIDERS: readonly ProviderName[] = hasNativeAddon() ? ['native', 'ecb-wasm'] : ['ecb-wasm'];
const CASES = PROVIDERS.flatMap((provider) => ENGINE_MODES.map((mode) => ({ provider, mode })));
const PLAIN = seededRandom(7).bytes(MIB);

let folder: TemporaryFolder;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder[Symbol.dispose]());

/** Returns what an action throws; fails where it throws nothing. */
function thrownBy(action: () => void): DeviceError {
  try {
    action();
  } catch (error) {
    return error as DeviceError; // the caller looks at its code
  }
  throw new Error('nothing was thrown');
}

/** A file device's own reading: this file has no size. */
function readWhole(fd: number, offsetBytes: number, target: Uint8Array): void {
  try {
    readSync(fd, target, 0, target.length, offsetBytes);
  } catch (error) {
    throw toDeviceError(error, 'read', offsetBytes);
  }
}

describe.each(CASES)('engine $mode on $provider', ({ provider, mode }) => {
  it('tells the first byte that a file lacks, and reads on once it is there again', async () => {
    using device = createFileDevice(folder.file(`short-${provider}-${mode}`), 2 * MIB);
    await using fixture = await createEngineFixture({
      storage: device,
      provider,
      sectorBytes: SECTOR_BYTES,
    });
    fixture.use(mode);
    const view = fixture.buffer.subarray(0, MIB);
    view.set(PLAIN);
    fixture.engine.write(0, view, 0);
    const lackingFrom = MIB / 2 + 3 * SECTOR_BYTES;
    ftruncateSync(device.fd, lackingFrom);

    const error = thrownBy(() => fixture.engine.read(0, view, 0));
    expect(error).toMatchObject({
      code: 'short-read',
      data: { offsetBytes: lackingFrom, requestOffsetBytes: 0, requestLengthBytes: MIB },
    });

    ftruncateSync(device.fd, 2 * MIB);
    view.set(PLAIN);
    fixture.engine.write(0, view, 0);
    fixture.engine.read(0, view, 0);
    expect(view.equals(PLAIN)).toBe(true);
  });

  it('tells an I/O error of the system', async () => {
    // Nothing is mapped at the start of a process's memory: reading there is EIO.
    using device = FileDevice.adopt('memory', openSync('/proc/self/mem', 'r'), {
      isReadOnly: true,
      lock: 'none',
    });
    const { fd, isReadOnly } = device;
    const storage = {
      sizeBytes: 2 * MIB,
      isReadOnly,
      fd,
      readInto: (offsetBytes: number, target: Uint8Array) => readWhole(fd, offsetBytes, target),
      writeFrom: () => expect.unreachable(),
    };
    await using fixture = await createEngineFixture({
      storage,
      provider,
      sectorBytes: SECTOR_BYTES,
    });
    fixture.use(mode);
    const view = fixture.buffer.subarray(0, MIB);
    for (let request = 0; request < 3; request += 1) {
      const error = thrownBy(() => fixture.engine.read(0, view, 0));
      expect(error).toMatchObject({
        code: 'io-error',
        // Whichever fragment failed first; the others are not begun any more.
        data: { errno: 'EIO', requestOffsetBytes: 0, requestLengthBytes: MIB },
      });
    }
  });

  it.skipIf(!isRoot)('tells that the disk is full, and writes on once it is not', async () => {
    const disk = folder.file(`disk-${provider}-${mode}`);
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]);
    try {
      using device = createFileDevice(`${disk}/volume`, 4 * MIB);
      await using fixture = await createEngineFixture({
        storage: device,
        provider,
        sectorBytes: SECTOR_BYTES,
      });
      fixture.use(mode);
      writeFileSync(`${disk}/ballast`, Buffer.alloc(1.5 * MIB));
      const view = fixture.buffer.subarray(0, MIB);
      view.set(PLAIN);

      const error = thrownBy(() => fixture.engine.write(MIB, view, 8));
      expect(error).toMatchObject({
        code: 'no-space',
        data: { errno: 'ENOSPC', requestOffsetBytes: MIB, requestLengthBytes: MIB },
      });
      expect(error.data['offsetBytes']).toBeGreaterThanOrEqual(MIB);
      expect(error.data['offsetBytes']).toBeLessThan(2 * MIB);

      rmSync(`${disk}/ballast`);
      view.set(PLAIN);
      fixture.engine.write(MIB, view, 8);
      fixture.engine.read(MIB, view, 8);
      expect(view.equals(PLAIN)).toBe(true);
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });

  it('tells an error of a storage without a descriptor once', async () => {
    using device = new FaultDevice(2 * MIB);
    await using fixture = await createEngineFixture({
      storage: device,
      provider,
      sectorBytes: SECTOR_BYTES,
    });
    fixture.use(mode);
    const view = fixture.buffer.subarray(0, MIB);
    let failures = 0;
    device.onOperation = (_, offsetBytes) => {
      failures += 1;
      throw noSpace(offsetBytes);
    };
    view.set(PLAIN);
    const error = thrownBy(() => fixture.engine.write(MIB, view, 8));
    expect(error).toMatchObject({ code: 'no-space', data: { requestLengthBytes: MIB } });
    expect(failures).toBe(1);
    device.onOperation = () => {};
    view.set(PLAIN);
    fixture.engine.write(MIB, view, 8);
    fixture.engine.read(MIB, view, 8);
    expect(view.equals(PLAIN)).toBe(true);
  });
});
