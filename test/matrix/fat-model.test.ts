import { describe, expect, it } from 'vitest';
import { fsckFat, mountFat, newCache, newFatVolume, readTree } from '../support/fat-fixture.ts';
import { FatModel } from '../support/fat-model.ts';
import { requireTool } from '../support/require-tool.ts';

const OPERATIONS = 1_000_000;
const CHECKS = 100;
const SEED = Number(process.env['FAT_MODEL_SEED'] ?? 20_260_101);
const VOLUME_MIB = 64;

const hasFsck = requireTool('fsck.fat', 'dosfstools');

describe.skipIf(!hasFsck)('FAT32 against a model in memory', () => {
  it(`agrees over ${OPERATIONS} random operations, seed ${SEED}`, { timeout: 600_000 }, () => {
    const device = newFatVolume(VOLUME_MIB);
    let cache = newCache(device);
    let fileSystem = mountFat(cache);
    const model = new FatModel(fileSystem, SEED);
    const perCheck = OPERATIONS / CHECKS;
    for (let check = 0; check < CHECKS; check += 1) {
      for (let i = 0; i < perCheck; i += 1) {
        try {
          model.step();
        } catch (error) {
          throw new Error(`seed ${SEED}, operation ${check * perCheck + i}`, { cause: error });
        }
      }
      model.release();
      fileSystem[Symbol.dispose]();
      cache[Symbol.dispose]();
      expect(fsckFat(device.bytes), `after check ${check}`).toEqual({ status: 0, complaints: '' });
      cache = newCache(device);
      fileSystem = mountFat(cache);
      const found = readTree(fileSystem);
      const expected = model.tree();
      expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
      for (const [path, content] of expected) {
        if (!found.get(path)?.equals(content)) throw new Error(`check ${check}: ${path} differs`);
      }
      model.resume(fileSystem);
    }
    expect(model.counts.read + model.counts.write).toBeGreaterThan(OPERATIONS / 2);
    expect(model.counts.rename + model.counts.truncate).toBeGreaterThan(OPERATIONS / 10);
  });
});
