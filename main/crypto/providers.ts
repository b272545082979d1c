import type { ProviderInfo } from '../../shared/model/provider.ts';
import type { Arena } from '../bytes/arena.ts';
import { InvariantError } from '../bytes/invariant-error.ts';
import { createEcbWasmProvider, ECB_WASM_ARENA_BYTES } from './xts-ecb-wasm.ts';
import { createNativeProvider } from './xts-native.ts';
import { createNobleProvider } from './xts-noble.ts';
import type { XtsProvider } from './xts-provider.ts';
import {
  createSelfTestScratch,
  findFailingAnswer,
  SELF_TEST_ARENA_BYTES,
} from './xts-self-test.ts';

type Candidate = Readonly<{ name: string; create: (arena: Arena) => XtsProvider }>;

/** Providers from the fastest to the last resort. */
const PROVIDERS: readonly Candidate[] = [
  { name: 'native', create: (arena) => createNativeProvider(arena) },
  { name: 'ecb-wasm', create: createEcbWasmProvider },
  { name: 'noble', create: createNobleProvider },
];

/** Bytes of arena that choosing a provider, or examining all, takes. */
export const PROVIDERS_ARENA_BYTES = SELF_TEST_ARENA_BYTES + ECB_WASM_ARENA_BYTES;

/** A provider that was tried and not taken, and why. */
export type RefusedProvider = Readonly<{ name: string; reason: string }>;

export type ProviderChoice = Readonly<{
  /** Name of the provider that the user wants; where it does not pass, the order decides. */
  pinned?: string | undefined;
  candidates?: readonly Candidate[];
}>;

type Trial = Readonly<{
  name: string;
  /** Only where it may be used. */
  provider?: XtsProvider;
  failure?: Readonly<{ state: 'refused' | 'missing'; reason: string }>;
  selfTestMs: number | null;
}>;

/**
 * Returns the pinned provider or else the first that passes the known answers in this process, and
 * those that were tried before it and did not.
 *
 * @throws InvariantError where none passes: then nothing here can be trusted.
 */
export function chooseProvider(
  arena: Arena,
  { pinned, candidates = PROVIDERS }: ProviderChoice = {},
): Readonly<{ provider: XtsProvider; refused: readonly RefusedProvider[] }> {
  const scratch = createSelfTestScratch(arena);
  const refused: RefusedProvider[] = [];
  const isPinned = ({ name }: Candidate) => name === pinned;
  const inOrder = [...candidates.filter(isPinned), ...candidates.filter((c) => !isPinned(c))];
  if (pinned !== undefined && !candidates.some(isPinned))
    refused.push({ name: pinned, reason: 'there is no such provider' });
  for (const candidate of inOrder) {
    const { provider, failure } = tryProvider(candidate, arena, scratch);
    if (provider !== undefined) return { provider, refused };
    refused.push({ name: candidate.name, reason: failure?.reason ?? '' });
  }
  throw new InvariantError(
    `no AES-XTS provider passes its self-test: ${refused.map((r) => r.reason).join('; ')}`,
  );
}

/** Runs every provider's self-test and tells which there are, and which is taken by default. */
export function examineProviders(
  arena: Arena,
  candidates: readonly Candidate[] = PROVIDERS,
): readonly ProviderInfo[] {
  const scratch = createSelfTestScratch(arena);
  const trials = candidates.map((candidate) => tryProvider(candidate, arena, scratch));
  const taken = trials.find((trial) => trial.provider !== undefined);
  return trials.map(({ name, provider, failure, selfTestMs }, index) => ({
    name,
    state: failure?.state ?? (trials[index] === taken ? 'default' : 'available'),
    implementation: provider?.implementation ?? null,
    selfTestMs,
    reason: failure?.reason ?? null,
  }));
}

function tryProvider({ name, create }: Candidate, arena: Arena, scratch: Buffer): Trial {
  let selfTestMs: number | null = null;
  try {
    const provider = create(arena);
    const startMs = performance.now();
    const failing = findFailingAnswer(provider, scratch);
    selfTestMs = performance.now() - startMs;
    if (failing === undefined) return { name, provider, selfTestMs };
    const reason = `known answer ${failing} failed`;
    return { name, failure: { state: 'refused', reason }, selfTestMs };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'could not be loaded';
    return { name, failure: { state: 'missing', reason }, selfTestMs };
  }
}
