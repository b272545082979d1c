import { describe, expect, it } from 'vitest';
import { fsckFat, mountFat, newCache, newFatVolume, readTree } from '../support/fat-fixture.ts';
import { FatModel } from '../support/fat-model.ts';
import { requireTool } from '../support/require-tool.ts';

const OPERATIONS = 1_000_000;
const CHECKS = 100;
const SEED = Number(process.env['FAT_MODEL_SEED'] ?? 20_260_101);
const VOLUME_MIB = 64;
const FULL_VOLUME_MIB = 1;

const hasFsck = requireTool('fsck.fat', 'dosfstools');

/** Runs the operations in as many parts as there are checks; after each, everything is compared. */
function runModel(sizeMib: number, operations: number, checks: number): FatModel {
  const device = newFatVolume(sizeMib);
  let cache = newCache(device);
  let fileSystem = mountFat(cache);
  const model = new FatModel(fileSystem, SEED);
  const perCheck = operations / checks;
  for (let check = 0; check < checks; check += 1) {
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
  return model;
}

describe.skipIf(!hasFsck)('FAT32 against a model in memory', () => {
  it(`agrees over ${OPERATIONS} random operations, seed ${SEED}`, { timeout: 600_000 }, () => {
    const { counts } = runModel(VOLUME_MIB, OPERATIONS, CHECKS);
    expect(counts.read + counts.write).toBeGreaterThan(OPERATIONS / 2);
    expect(counts.rename + counts.truncate).toBeGreaterThan(OPERATIONS / 10);
  });

  it(`agrees on a volume that is mostly full, seed ${SEED}`, { timeout: 300_000 }, () => {
    const { counts } = runModel(FULL_VOLUME_MIB, OPERATIONS / 20, 10);
    expect(counts.noSpace).toBeGreaterThan(100);
  });
});
