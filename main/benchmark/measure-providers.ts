import { randomBytes } from 'node:crypto';
import type { BenchmarkRow, UnavailableRow } from '../../shared/model/benchmark.ts';
import { KIB, MIB } from '../../shared/units.ts';
import { Arena } from '../bytes/arena.ts';
import { chooseProvider, examineProviders, PROVIDERS_ARENA_BYTES } from '../crypto/providers.ts';
import { measureInTurn, type Rounds, toMibRates } from './measure-rates.ts';

const SECTOR_SIZES = [512, 4096] as const;
const REQUEST_SIZES = [4 * KIB, 64 * KIB, MIB] as const;
const KEY_BYTES = 64;
const WAYS = [
  { direction: 'read', transform: 'decrypt' },
  { direction: 'write', transform: 'encrypt' },
] as const;

/** Measures every provider that passes its self-test: AES-256-XTS in memory, both ways. */
export function measureProviders(rounds: Rounds): Readonly<{
  rows: readonly BenchmarkRow[];
  unavailable: readonly UnavailableRow[];
}> {
  const known = examineProviders(new Arena(PROVIDERS_ARENA_BYTES));
  const isUsable = ({ state }: (typeof known)[number]) =>
    state === 'default' || state === 'available';
  const key = randomBytes(KEY_BYTES);
  const cases = known.filter(isUsable).flatMap(({ name }) => {
    const arena = new Arena(PROVIDERS_ARENA_BYTES + 2 * MIB);
    const { provider } = chooseProvider(arena, { pinned: name });
    const buffer = arena.allocate(MIB, 4 * KIB);
    return SECTOR_SIZES.flatMap((sectorBytes) =>
      WAYS.flatMap(({ direction, transform }) => {
        const way = provider.createTransform(transform, key, sectorBytes);
        return REQUEST_SIZES.map((requestBytes) => ({
          name,
          direction,
          sectorBytes,
          requestBytes,
          run: () => way.apply(buffer.byteOffset, requestBytes, 8),
        }));
      }),
    );
  });
  const rates = measureInTurn(cases, rounds);
  const rows = cases.map(({ run: _, requestBytes, ...facts }, index) => ({
    group: 'provider' as const,
    ...facts,
    requestBytes,
    depth: null,
    threads: null,
    unit: 'MiB/s' as const,
    ...toMibRates(rates[index], requestBytes),
  }));
  const unavailable = known
    .filter((provider) => !isUsable(provider))
    .map(({ name, reason, state }) => ({
      group: 'provider' as const,
      name,
      reason: reason ?? state,
    }));
  return { rows, unavailable };
}
