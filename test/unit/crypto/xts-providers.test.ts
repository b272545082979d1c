import { describe, expect, it } from 'vitest';
import { Arena } from '../../../main/bytes/arena.ts';
import { InvariantError } from '../../../main/bytes/invariant-error.ts';
import { chooseProvider } from '../../../main/crypto/providers.ts';
import { createEcbWasmProvider } from '../../../main/crypto/xts-ecb-wasm.ts';
import { listNativeImplementations } from '../../../main/crypto/xts-native.ts';
import { createNobleProvider } from '../../../main/crypto/xts-noble.ts';
import type { XtsProvider } from '../../../main/crypto/xts-provider.ts';
import { createSelfTestScratch, findFailingAnswer } from '../../../main/crypto/xts-self-test.ts';
import { MIB } from '../../../shared/units.ts';
import { openSslXts } from '../../support/openssl-xts.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const PROVIDERS = [
  { create: createEcbWasmProvider, cases: 10_000 },
  { create: createNobleProvider, cases: 10_000 },
] as const;

describe.each(PROVIDERS)('$create.name', ({ create, cases }) => {
  it(`equals OpenSSL's aes-*-xts in ${cases} random cases, and undoes itself`, () => {
    const arena = new Arena(4 * MIB);
    const provider = create(arena);
    const area = arena.allocate(64 * 1024);
    const random = seededRandom(42);
    for (let round = 0; round < cases; round += 1) {
      const key = random.bytes(random.below(2) === 0 ? 32 : 64);
      const sectorBytes = 512 << random.below(4);
      const sectors = 1 + random.below(Math.min(6, area.length / sectorBytes));
      const ivSector =
        random.below(2) === 0 ? random.below(2 ** 31) : 2 ** 40 + random.below(2 ** 31);
      const view = area.subarray(0, sectorBytes * sectors);
      view.fill(random.below(256));
      view.set(random.bytes(32));
      const original = Buffer.from(view);
      using encrypt = provider.createTransform('encrypt', key, sectorBytes);
      encrypt.apply(view.byteOffset, view.length, ivSector);
      expect(view.equals(openSslXts(key, original, sectorBytes, ivSector))).toBe(true);
      using decrypt = provider.createTransform('decrypt', key, sectorBytes);
      decrypt.apply(view.byteOffset, view.length, ivSector);
      expect(view.equals(original)).toBe(true);
    }
  });

  it('transforms requests longer than its tweak batch', () => {
    const arena = new Arena(8 * MIB);
    const provider = create(arena);
    const length = create === createNobleProvider ? 64 * 1024 : 2 * MIB + 512;
    const view = arena.allocate(length);
    view.set(seededRandom(1).bytes(1024));
    const original = Buffer.from(view);
    const key = seededRandom(2).bytes(64);
    using encrypt = provider.createTransform('encrypt', key, 512);
    encrypt.apply(view.byteOffset, view.length, 77);
    expect(view.equals(openSslXts(key, original, 512, 77))).toBe(true);
  });
});

describe('chooseProvider()', () => {
  const broken = (arena: Arena): XtsProvider => {
    const provider = createNobleProvider(arena);
    return {
      name: 'broken',
      createTransform: (direction, key, sectorBytes) => {
        const transform = provider.createTransform(direction, key, sectorBytes);
        return {
          apply: (at, length, ivSector) => transform.apply(at, length, ivSector + 1),
          [Symbol.dispose]: () => transform[Symbol.dispose](),
        };
      },
    };
  };

  it('takes native where it was built, else ecb-wasm', () => {
    const hasNative = listNativeImplementations().length > 0;
    const { provider, refused } = chooseProvider(new Arena(MIB));
    expect(provider.name).toBe(hasNative ? 'native' : 'ecb-wasm');
    expect(refused.map(({ name }) => name)).toEqual(hasNative ? [] : ['native']);
  });

  it.each(['ecb-wasm', 'noble'])('takes %s where it is pinned', (pinned) => {
    const { provider, refused } = chooseProvider(new Arena(MIB), { pinned });
    expect(provider.name).toBe(pinned);
    expect(refused).toEqual([]);
  });

  it('goes by the order where the pinned provider fails, and says so', () => {
    const candidates = [
      { name: 'noble', create: createNobleProvider },
      { name: 'broken', create: broken },
    ];
    const { provider, refused } = chooseProvider(new Arena(MIB), { pinned: 'broken', candidates });
    expect(provider.name).toBe('noble');
    expect(refused).toEqual([{ name: 'broken', reason: 'known answer ieee-1619-4 failed' }]);
  });

  it('says that a pinned provider does not exist', () => {
    const { refused } = chooseProvider(new Arena(MIB), { pinned: 'cloud' });
    expect(refused[0]).toEqual({ name: 'cloud', reason: 'there is no such provider' });
  });

  it('refuses a provider with wrong answers and one that cannot be loaded, and goes on', () => {
    const unloadable = () => {
      throw new Error('no such processor');
    };
    const { provider, refused } = chooseProvider(new Arena(MIB), {
      candidates: [
        { name: 'broken', create: broken },
        { name: 'missing', create: unloadable },
        { name: 'noble', create: createNobleProvider },
      ],
    });
    expect(provider.name).toBe('noble');
    expect(refused).toEqual([
      { name: 'broken', reason: 'known answer ieee-1619-4 failed' },
      { name: 'missing', reason: 'no such processor' },
    ]);
  });

  it('throws where none passes', () => {
    const candidates = [{ name: 'broken', create: broken }];
    expect(() => chooseProvider(new Arena(MIB), { candidates })).toThrow(InvariantError);
  });

  it('passes the known answers with noble, the reference', () => {
    const arena = new Arena(MIB);
    expect(
      findFailingAnswer(createNobleProvider(arena), createSelfTestScratch(arena)),
    ).toBeUndefined();
  });
});
