import { randomBytes } from 'node:crypto';
import type { BenchmarkRow } from '../../../shared/model/benchmark.ts';
import { KIB, MIB } from '../../../shared/units.ts';
import { Arena } from '../../bytes/arena.ts';
import { chooseProvider, examineProviders, PROVIDERS_ARENA_BYTES } from '../../crypto/providers.ts';
import { measureInTurn, type Rounds } from './measure-rates.ts';

const SECTOR_SIZES = [512, 4096] as const;
const REQUEST_SIZES = [4 * KIB, 64 * KIB, MIB] as const;
/** A provider as slow as the last resort is measured at its own pace. */
const KEY_BYTES = 64;

/** Measures every provider that passes its self-test: AES-256-XTS in memory, decryption. */
export function measureProviders(rounds: Rounds): readonly BenchmarkRow[] {
  const names = examineProviders(new Arena(PROVIDERS_ARENA_BYTES))
    .filter(({ state }) => state === 'default' || state === 'available')
    .map(({ name }) => name);
  const key = randomBytes(KEY_BYTES);
  const cases = names.flatMap((name) => {
    const arena = new Arena(PROVIDERS_ARENA_BYTES + 2 * MIB);
    const { provider } = chooseProvider(arena, { pinned: name });
    const buffer = arena.allocate(MIB, 4 * KIB);
    return SECTOR_SIZES.flatMap((sectorBytes) => {
      const transform = provider.createTransform('decrypt', key, sectorBytes);
      return REQUEST_SIZES.map((requestBytes) => ({
        name,
        sectorBytes,
        requestBytes,
        run: () => transform.apply(buffer.byteOffset, requestBytes, 8),
      }));
    });
  });
  const rates = measureInTurn(cases, rounds);
  return cases.map(({ name, sectorBytes, requestBytes }, index) => {
    const rate = rates[index];
    const toMib = (runs: number | undefined) => ((runs ?? 0) * requestBytes) / MIB;
    return {
      group: 'provider',
      name,
      direction: 'read',
      sectorBytes,
      requestBytes,
      depth: null,
      unit: 'MiB/s',
      median: toMib(rate?.median),
      p5: toMib(rate?.p5),
      p95: toMib(rate?.p95),
      isReliable: rate?.isReliable ?? false,
    };
  });
}
