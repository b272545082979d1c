import { writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { Arena } from '../../../main/bytes/arena.ts';
import { chooseProvider, examineProviders } from '../../../main/crypto/providers.ts';
import { createEcbWasmProvider } from '../../../main/crypto/xts-ecb-wasm.ts';
import {
  createNativeProvider,
  listNativeImplementations,
} from '../../../main/crypto/xts-native.ts';
import { createNobleProvider } from '../../../main/crypto/xts-noble.ts';
import { createSelfTestScratch, findFailingAnswer } from '../../../main/crypto/xts-self-test.ts';
import { KIB, MIB } from '../../../shared/units.ts';
import { hasNativeAddon } from '../../support/build-native.ts';
import { openSslXts } from '../../support/openssl-xts.ts';
import { type SeededRandom, seededRandom } from '../../support/seeded-random.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const CASES = 10_000;
const GUARD_BYTES = 64;

const isBuilt = hasNativeAddon();
const implementations = isBuilt ? listNativeImplementations() : [];

/** IV sectors at 0, around 2^32, below 2^53 and anywhere between. */
function anyIvSector(random: SeededRandom): number {
  const near = [0, 2 ** 32 - 1 - random.below(80), 2 ** 53 - 1 - 8 * 256, 2 ** 40];
  return (near[random.below(near.length)] ?? 0) + random.below(8);
}

/** Mostly short runs, at times one that is longer than a batch of tweaks. */
function anySectorCount(random: SeededRandom, sectorBytes: number): number {
  const isLong = random.below(50) === 0;
  return 1 + random.below(isLong ? 65_536 / sectorBytes : 4);
}

describe.skipIf(!isBuilt)('the native provider', () => {
  it('has an implementation for this processor', () => {
    expect(implementations.length).toBeGreaterThan(0);
  });

  describe.each(implementations)('by %s', (implementation) => {
    it('passes the known answers', () => {
      const arena = new Arena(MIB);
      const provider = createNativeProvider(arena, { implementation });
      expect(provider.implementation).toBe(implementation);
      expect(findFailingAnswer(provider, createSelfTestScratch(arena))).toBeUndefined();
    });

    it(`equals OpenSSL's aes-*-xts in ${CASES} random cases, undoes itself, touches no more`, () => {
      const arena = new Arena(MIB);
      const provider = createNativeProvider(arena, { implementation });
      const area = arena.allocate(65_536 + 4 * GUARD_BYTES);
      const random = seededRandom(7);
      for (let round = 0; round < CASES; round += 1) {
        const key = random.bytes(random.below(2) === 0 ? 32 : 64);
        const sectorBytes = 512 << random.below(4);
        const length = sectorBytes * anySectorCount(random, sectorBytes);
        const ivSector = anyIvSector(random);
        const start = GUARD_BYTES + random.below(GUARD_BYTES);
        const around = area.subarray(start - GUARD_BYTES, start + length + GUARD_BYTES);
        const sectors = area.subarray(start, start + length);
        around.fill(random.below(256));
        sectors.set(random.bytes(32), 16 * random.below(length / 16 - 1));
        const expected = Buffer.from(around);
        const original = Buffer.from(sectors);
        openSslXts(key, original, sectorBytes, ivSector).copy(expected, GUARD_BYTES);
        using encrypt = provider.createTransform('encrypt', key, sectorBytes);
        encrypt.apply(sectors.byteOffset, length, ivSector);
        if (!around.equals(expected)) expect.fail(`case ${round} of seed 7 differs`);
        using decrypt = provider.createTransform('decrypt', key, sectorBytes);
        decrypt.apply(sectors.byteOffset, length, ivSector);
        if (!sectors.equals(original)) expect.fail(`case ${round} of seed 7 is not undone`);
      }
    });
  });

  it('works in two threads at once, on the same memory', async () => {
    const arena = new Arena(4 * MIB);
    const halves = [arena.allocate(MIB), arena.allocate(MIB)];
    const outcomes = halves.map(async (half, index) => {
      const file = new URL('./xts-native-worker.ts', import.meta.url);
      const { byteOffset: atBytes, length: lengthBytes } = half;
      const memory = arena.memory.buffer;
      const worker = new Worker(file, {
        workerData: { memory, atBytes, lengthBytes, seed: index },
      });
      return new Promise((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      });
    });
    expect(await Promise.all(outcomes)).toEqual([
      { rounds: 60, mismatches: 0 },
      { rounds: 60, mismatches: 0 },
    ]);
  });

  it('refuses what is not whole sectors of the arena', () => {
    const arena = new Arena(64 * KIB);
    const provider = createNativeProvider(arena);
    using transform = provider.createTransform('encrypt', new Uint8Array(64), 4096);
    const size = arena.bytes.length;
    const ranges: readonly (readonly [number, number, number])[] = [
      [0, 512, 0],
      [size - 4095, 4096, 0],
      [size, 4096, 0],
      [-4096, 4096, 0],
      [0.5, 4096, 0],
      [0, 2 ** 40, 0],
      [0, 4096, -1],
      [0, 4096, 2 ** 53],
      [Number.NaN, 4096, 0],
    ];
    for (const range of ranges) expect(() => transform.apply(...range)).toThrow(RangeError);
    transform.apply(size - 4096, 4096, 0);
  });

  it('refuses other keys, sector sizes, implementations and memory that can go away', () => {
    const arena = new Arena(64 * KIB);
    const provider = createNativeProvider(arena);
    const create = (keyBytes: number, sectorBytes: number) => () =>
      provider.createTransform('encrypt', new Uint8Array(keyBytes), sectorBytes);
    expect(create(48, 512)).toThrow(RangeError);
    expect(create(64, 8192)).toThrow(RangeError);
    expect(() => createNativeProvider(arena, { implementation: 'tables' })).toThrow(RangeError);
    const plain = createNativeProvider({ bytes: new Uint8Array(4096) });
    expect(() => plain.createTransform('encrypt', new Uint8Array(64), 512)).toThrow(RangeError);
  });

  it('refuses to work after it was disposed', () => {
    const arena = new Arena(64 * KIB);
    const transform = createNativeProvider(arena).createTransform(
      'encrypt',
      new Uint8Array(64),
      512,
    );
    transform[Symbol.dispose]();
    transform[Symbol.dispose]();
    expect(() => transform.apply(0, 512, 0)).toThrow(RangeError);
  });
});

describe('an addon that is not there, or is no addon', () => {
  const withAddon = (addonFile: string) => [
    {
      name: 'native',
      create: (arena: Arena) => createNativeProvider(arena, { addonFile }),
    },
    { name: 'ecb-wasm', create: createEcbWasmProvider },
    { name: 'noble', create: createNobleProvider },
  ];

  it('leaves the work to ecb-wasm and says why', () => {
    const candidates = withAddon('/nonexistent/lockline-native.node');
    const { provider, refused } = chooseProvider(new Arena(MIB), { candidates });
    expect(provider.name).toBe('ecb-wasm');
    expect(refused).toEqual([
      { name: 'native', reason: 'it was not built: npm ci builds it where there is a C compiler' },
    ]);
    const states = examineProviders(new Arena(MIB), candidates).map((p) => [p.name, p.state]);
    expect(states).toEqual([
      ['native', 'missing'],
      ['ecb-wasm', 'default'],
      ['noble', 'available'],
    ]);
  });

  it('is missing where the file cannot be loaded', () => {
    using folder = temporaryFolder();
    const file = folder.file('broken.node');
    writeFileSync(file, 'no addon');
    const [native] = examineProviders(new Arena(MIB), withAddon(file));
    expect(native?.state).toBe('missing');
    expect(native?.reason).toContain('broken.node');
  });
});
