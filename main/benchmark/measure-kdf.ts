import { randomFillSync } from 'node:crypto';
import type { BenchmarkRow } from '../../shared/model/benchmark.ts';
import { KIB, MIB } from '../../shared/units.ts';
import { SecretBytes } from '../bytes/secret-bytes.ts';
import { deriveKey, type KdfParameters } from '../crypto/kdf.ts';
import { summarizeRates } from './measure-rates.ts';

const KEY_BYTES = 64;
const SALT_BYTES = 32;

/** The hashes of old headers are slow, or weak: fewer iterations tell as much. */
const PBKDF2_COSTS = [
  ['sha256', 1_000_000],
  ['sha512', 1_000_000],
  ['sha1', 100_000],
  ['ripemd160', 100_000],
] as const;

/** What cryptsetup and we write by default, and smaller costs that a phone or an old laptop bears. */
function costs(): readonly Readonly<{ name: string; parameters: KdfParameters }>[] {
  const salt = randomFillSync(new Uint8Array(SALT_BYTES));
  const argon2id = (memoryKib: number): KdfParameters => ({
    type: 'argon2id',
    time: 4,
    memoryKib,
    cpus: 4,
    salt,
  });
  return [
    { name: 'argon2id, 4 passes over 64 MiB', parameters: argon2id((64 * MIB) / KIB) },
    { name: 'argon2id, 4 passes over 256 MiB', parameters: argon2id((256 * MIB) / KIB) },
    ...PBKDF2_COSTS.map(([hash, iterations]) => ({
      name: `pbkdf2-${hash}, ${iterations.toLocaleString('en')} iterations`,
      parameters: { type: 'pbkdf2', hash, iterations, salt } as const,
    })),
  ];
}

/** Measures key derivations of known costs, in milliseconds. */
export async function measureKdf(
  rounds: number,
  onProgress: (fraction: number) => void,
): Promise<readonly BenchmarkRow[]> {
  using passphrase = SecretBytes.copyOf(Buffer.from('a passphrase of usual length'));
  const rows: BenchmarkRow[] = [];
  const all = costs();
  for (const [index, { name, parameters }] of all.entries()) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const startMs = performance.now();
      using _key = await deriveKey(passphrase, parameters, KEY_BYTES);
      times.push(performance.now() - startMs);
    }
    rows.push({
      group: 'kdf',
      name,
      direction: null,
      sectorBytes: null,
      keyBits: null,
      requestBytes: null,
      depth: null,
      threads: null,
      unit: 'ms',
      ...summarizeRates(times),
    });
    onProgress((index + 1) / all.length);
  }
  return rows;
}
