import { describe, expect, it } from 'vitest';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import { FileSystemError } from '../../main/filesystem/file-system-error.ts';
import { DeviceError } from '../../shared/errors/vault-error.ts';
import {
  CREATOR,
  fsckFat,
  mountFat,
  name,
  newCache,
  newFatVolume,
  PLAIN,
  Random,
  readTree,
} from '../support/fat-fixture.ts';
import { requireTool } from '../support/require-tool.ts';

const ROUNDS = 40;

/** A device of which writes and flushes fail while `isFailing`. */
class FailingDevice extends MemoryDevice {
  isFailing = false;

  override writeFrom(offsetBytes: number, source: Uint8Array): void {
    if (this.isFailing) throw new DeviceError('no-space', { offsetBytes });
    super.writeFrom(offsetBytes, source);
  }

  override flush(): void {
    if (this.isFailing) throw new DeviceError('io-error', {});
  }
}

describe.skipIf(!requireTool('fsck.fat', 'dosfstools'))('FAT32 on storage that fails', () => {
  it('keeps what was synced and is whole after the next mount', { timeout: 120_000 }, () => {
    const random = new Random(3);
    for (let round = 0; round < ROUNDS; round += 1) {
      const device = new FailingDevice(newFatVolume(8).bytes);
      const cache = newCache(device, 0);
      const fileSystem = mountFat(cache);
      const kept = Buffer.alloc(30_000, 7);
      const node = fileSystem.create(1, name('kept'), 0o600, CREATOR);
      fileSystem.write(node, 0, Buffer.from(kept));
      fileSystem.sync();
      for (let i = 0; i < 300; i += 1) {
        if (i % 50 === 0) device.isFailing = random.below(2) === 0;
        const [one, other] = [name(`file ${random.below(40)}`), name(`file ${random.below(40)}`)];
        try {
          const made = fileSystem.create(1, one, 0o600, CREATOR);
          fileSystem.write(made, 0, Buffer.alloc(random.below(30_000), 1));
          fileSystem.rename(1, one, 1, other, PLAIN);
          if (random.below(3) === 0) fileSystem.unlink(1, other);
          fileSystem.forget(made, 1);
          if (random.below(10) === 0) fileSystem.sync();
        } catch (error) {
          if (!(error instanceof FileSystemError || error instanceof DeviceError)) throw error;
        }
      }
      device.isFailing = false;
      fileSystem[Symbol.dispose]();
      const again = mountFat(newCache(device));
      expect(again.isReadOnly).toBe(false);
      expect(readTree(again).get('kept')).toEqual(kept);
      again[Symbol.dispose]();
      expect(fsckFat(device.bytes), `round ${round}`).toEqual({ status: 0, complaints: '' });
    }
  });
});
