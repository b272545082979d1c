import { createHash, randomBytes } from 'node:crypto';
import type { BenchmarkRow } from '../../shared/model/benchmark.ts';
import { MIB } from '../../shared/units.ts';
import { measureInTurn, type Rounds, toMibRates } from './measure-rates.ts';

/** Those of LUKS headers: key derivation, AF-splitter, digests and checksums. */
const HASHES = ['sha1', 'sha256', 'sha512', 'ripemd160', 'blake2b512'] as const;
const REQUEST_BYTES = MIB;

/** Measures hashes in memory, one thread, in MiB a second. */
export function measureHashes(rounds: Rounds): readonly BenchmarkRow[] {
  const data = randomBytes(REQUEST_BYTES);
  const subjects = HASHES.map((name) => ({
    name,
    run: () => {
      createHash(name).update(data).digest();
    },
  }));
  const rates = measureInTurn(subjects, rounds);
  return subjects.map(({ name }, index) => ({
    group: 'hash',
    name,
    direction: null,
    sectorBytes: null,
    keyBits: null,
    requestBytes: REQUEST_BYTES,
    depth: null,
    threads: null,
    unit: 'MiB/s',
    ...toMibRates(rates[index], REQUEST_BYTES),
  }));
}
