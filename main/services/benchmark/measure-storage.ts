import { randomBytes } from 'node:crypto';
import type { BenchmarkRow } from '../../../shared/model/benchmark.ts';
import { KIB, MIB } from '../../../shared/units.ts';
import { CryptDevice } from '../../block/crypt-device.ts';
import type { FileDevice } from '../../block/file-device.ts';
import { Arena } from '../../bytes/arena.ts';
import { chooseProvider, PROVIDERS_ARENA_BYTES } from '../../crypto/providers.ts';
import { InlineEngine } from '../../engine/inline-engine.ts';
import { BENCH_FILE_BYTES, scatteredOffsets } from './bench-volume.ts';
import { measureInTurn, type Rounds } from './measure-rates.ts';

const SECTOR_BYTES = 4 * KIB;
const REQUEST_SIZES = [4 * KIB, MIB] as const;

/**
 * Measures a file as it is and through encryption, in turn, with the system's file cache as vaults
 * use it.
 */
export function measureStorage(container: FileDevice, rounds: Rounds): readonly BenchmarkRow[] {
  const arena = new Arena(CryptDevice.arenaBytes + PROVIDERS_ARENA_BYTES + 2 * MIB);
  const { provider } = chooseProvider(arena);
  const engine = new InlineEngine(container, provider, randomBytes(64), SECTOR_BYTES);
  const geometry = {
    offsetBytes: 0,
    lengthBytes: BENCH_FILE_BYTES,
    sectorBytes: SECTOR_BYTES,
    ivTweakSectors: 0,
  };
  using vault = new CryptDevice(container, engine, geometry, arena);
  const buffer = arena.allocate(MIB, SECTOR_BYTES);
  const cases = REQUEST_SIZES.flatMap((requestBytes) =>
    (['read', 'write'] as const).flatMap((direction) =>
      [
        { name: 'raw', device: container },
        { name: 'vault', device: vault },
      ].map(({ name, device }) => {
        const view = buffer.subarray(0, requestBytes);
        const next = scatteredOffsets(requestBytes);
        const run =
          direction === 'read'
            ? () => device.readInto(next(), view)
            : () => device.writeFrom(next(), view);
        return { name, direction, requestBytes, run };
      }),
    ),
  );
  const rates = measureInTurn(cases, rounds);
  return cases.map(({ name, direction, requestBytes }, index) => {
    const rate = rates[index];
    const toMib = (runs: number | undefined) => ((runs ?? 0) * requestBytes) / MIB;
    return {
      group: 'storage',
      name,
      direction,
      sectorBytes: name === 'vault' ? SECTOR_BYTES : null,
      requestBytes,
      depth: 1,
      unit: 'MiB/s',
      median: toMib(rate?.median),
      p5: toMib(rate?.p5),
      p95: toMib(rate?.p95),
      isReliable: rate?.isReliable ?? false,
    };
  });
}
