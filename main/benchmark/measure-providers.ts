import { randomBytes } from 'node:crypto';
import { freemem } from 'node:os';
import type { BenchmarkRow, UnavailableRow } from '../../shared/model/benchmark.ts';
import { formatSize, KIB } from '../../shared/units.ts';
import { Arena } from '../bytes/arena.ts';
import { chooseProvider, examineProviders, PROVIDERS_ARENA_BYTES } from '../crypto/providers.ts';
import type { XtsProvider } from '../crypto/xts-provider.ts';
import { measureInTurn, type Rounds, toMibRates } from './measure-rates.ts';

const SECTOR_SIZES = [512, 4096] as const;
const SMALL_SIZES = [4 * KIB, 64 * KIB] as const;
const KEY_BITS = 512;
/** AES-128-XTS, and AES-256-CBC of containers that are no longer made. */
const SHORT_KEY_BITS = 256;
const CBC_SECTOR_BYTES = 512;
const WAYS = [
  { direction: 'read', transform: 'decrypt' },
  { direction: 'write', transform: 'encrypt' },
] as const;
/** A provider that takes longer for the buffer is not measured on it. */
const LONGEST_PASS_MS = 2_000;

type Kind = Readonly<{ sectorBytes: number; keyBits: number; requestBytes: number }>;
type Outcome = Readonly<{
  rows: readonly BenchmarkRow[];
  unavailable: readonly UnavailableRow[];
}>;

/**
 * Measures every provider that passes its self-test, in memory, both ways: AES-256-XTS on small
 * requests and on the buffer, AES-128-XTS and the AES-CBC of old containers on the buffer alone.
 *
 * @param bufferBytes - One of `CIPHER_BUFFER_BYTES`; each provider works on the same.
 */
export function measureProviders(bufferBytes: number, rounds: Rounds): Outcome {
  const known = examineProviders(new Arena(PROVIDERS_ARENA_BYTES));
  const isUsable = ({ state }: (typeof known)[number]) =>
    state === 'default' || state === 'available';
  const unavailable: UnavailableRow[] = known
    .filter((provider) => !isUsable(provider))
    .map(({ name, reason, state }) => lack(name, reason ?? state));
  if (bufferBytes > freemem() / 2) {
    const reason = `a buffer of ${formatSize(bufferBytes)} needs twice as much free memory`;
    return {
      rows: [],
      unavailable: [...unavailable, ...known.map(({ name }) => lack(name, reason))],
    };
  }
  const names = known.filter(isUsable).map(({ name }) => name);
  const arena = new Arena((names.length + 2) * PROVIDERS_ARENA_BYTES + bufferBytes);
  const buffer = arena.allocate(bufferBytes, 4 * KIB);
  const providers = names.flatMap((name) => {
    const { provider, refused } = chooseProvider(arena, { pinned: name });
    if (provider.name === name) return [provider];
    unavailable.push(lack(name, refused.find((other) => other.name === name)?.reason ?? 'refused'));
    return [];
  });
  const cases = providers.flatMap((provider) => {
    const reason = refuseBuffer(provider, buffer);
    if (reason !== null) unavailable.push(lack(provider.name, reason));
    return kindsOf(reason === null ? bufferBytes : null).flatMap((kind) =>
      casesOf(provider, kind, buffer),
    );
  });
  const cbc = chooseProvider(arena, { cipher: 'aes-cbc-essiv:sha256' }).provider;
  const old = { sectorBytes: CBC_SECTOR_BYTES, keyBits: SHORT_KEY_BITS, requestBytes: bufferBytes };
  const reason = refuseBuffer(cbc, buffer);
  if (reason === null) cases.push(...casesOf(cbc, old, buffer));
  else unavailable.push(lack(cbc.name, reason));
  const rates = measureInTurn(cases, rounds);
  const rows = cases.map(({ run: _, ...facts }, index) => ({
    group: 'provider' as const,
    ...facts,
    depth: null,
    threads: null,
    unit: 'MiB/s' as const,
    ...toMibRates(rates[index], facts.requestBytes),
  }));
  return { rows, unavailable };
}

/** @param bufferBytes - Null: small requests alone. */
function kindsOf(bufferBytes: number | null): readonly Kind[] {
  const sizes = bufferBytes === null ? SMALL_SIZES : [...SMALL_SIZES, bufferBytes];
  return SECTOR_SIZES.flatMap((sectorBytes) => [
    ...sizes.map((requestBytes) => ({ sectorBytes, keyBits: KEY_BITS, requestBytes })),
    ...(bufferBytes === null
      ? []
      : [{ sectorBytes, keyBits: SHORT_KEY_BITS, requestBytes: bufferBytes }]),
  ]);
}

function casesOf(provider: XtsProvider, kind: Kind, buffer: Buffer) {
  const key = randomBytes(kind.keyBits / 8);
  return WAYS.map(({ direction, transform }) => {
    const way = provider.createTransform(transform, key, kind.sectorBytes);
    const run = () => way.apply(buffer.byteOffset, kind.requestBytes, 8);
    return { name: provider.name, direction, ...kind, run };
  });
}

/** Returns why a buffer is too large for a provider; null where it is not. */
function refuseBuffer(provider: XtsProvider, buffer: Buffer): string | null {
  const [sampleBytes] = SMALL_SIZES;
  using way = provider.createTransform(
    'decrypt',
    randomBytes(SHORT_KEY_BITS / 8),
    CBC_SECTOR_BYTES,
  );
  const pass = () => way.apply(buffer.byteOffset, sampleBytes, 8);
  pass();
  const startMs = performance.now();
  pass();
  const passMs = ((performance.now() - startMs) * buffer.length) / sampleBytes;
  if (passMs <= LONGEST_PASS_MS) return null;
  const seconds = (passMs / 1000).toFixed(0);
  return `one pass over ${formatSize(buffer.length)} would take ${seconds} s`;
}

function lack(name: string, reason: string): UnavailableRow {
  return { group: 'provider', name, reason };
}
