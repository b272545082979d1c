import type { ProviderInfo } from '../../shared/model/provider.ts';
import type { Arena } from '../bytes/arena.ts';
import { InvariantError } from '../bytes/invariant-error.ts';
import { createCbcProvider } from './cbc-node.ts';
import { isXts, type VolumeCipher } from './volume-cipher.ts';
import { createEcbWasmProvider, ECB_WASM_ARENA_BYTES } from './xts-ecb-wasm.ts';
import { createNativeProvider } from './xts-native.ts';
import { createNobleProvider } from './xts-noble.ts';
import { createPlainXtsProvider } from './xts-plain.ts';
import type { XtsProvider } from './xts-provider.ts';
import {
  CBC_ANSWERS,
  createSelfTestScratch,
  findFailingAnswer,
  type KnownAnswer,
  SELF_TEST_ARENA_BYTES,
  XTS_ANSWERS,
} from './xts-self-test.ts';

type Candidate = Readonly<{
  name: string;
  create: (arena: Arena) => XtsProvider;
  /** Those of AES-XTS by default. */
  answers?: readonly KnownAnswer[];
}>;

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
  /** AES-XTS with `plain64` by default. */
  cipher?: VolumeCipher;
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

/** AES-CBC has one provider: it is what old containers have, and no fast one is worth its upkeep. */
function cbcCandidates(cipher: VolumeCipher): readonly Candidate[] {
  const answers = CBC_ANSWERS.filter((answer) => answer.cipher === cipher);
  return [{ name: 'node-cbc', create: (arena) => createCbcProvider(arena, cipher), answers }];
}

/**
 * Returns the pinned provider or else the first that passes the known answers in this process, and
 * those that were tried before it and did not.
 *
 * @throws InvariantError where none passes: then nothing here can be trusted.
 */
export function chooseProvider(
  arena: Arena,
  choice: ProviderChoice = {},
): Readonly<{ provider: XtsProvider; refused: readonly RefusedProvider[] }> {
  const { pinned, cipher = 'aes-xts-plain64' } = choice;
  const candidates = choice.candidates ?? (isXts(cipher) ? PROVIDERS : cbcCandidates(cipher));
  const scratch = createSelfTestScratch(arena);
  const refused: RefusedProvider[] = [];
  const isPinned = ({ name }: Candidate) => name === pinned;
  const inOrder = [...candidates.filter(isPinned), ...candidates.filter((c) => !isPinned(c))];
  if (pinned !== undefined && !candidates.some(isPinned)) {
    const isOther = PROVIDERS.some(isPinned);
    refused.push({
      name: pinned,
      reason: isOther ? 'it has no AES-CBC' : 'there is no such provider',
    });
  }
  for (const candidate of inOrder) {
    const { provider, failure } = tryProvider(candidate, arena, scratch);
    if (provider !== undefined) {
      const isNarrow = cipher === 'aes-xts-plain';
      return { provider: isNarrow ? createPlainXtsProvider(provider) : provider, refused };
    }
    refused.push({ name: candidate.name, reason: failure?.reason ?? '' });
  }
  throw new InvariantError(
    `no provider of ${cipher} passes its self-test: ${refused.map((r) => r.reason).join('; ')}`,
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

function tryProvider(
  { name, create, answers = XTS_ANSWERS }: Candidate,
  arena: Arena,
  scratch: Buffer,
): Trial {
  let selfTestMs: number | null = null;
  try {
    const provider = create(arena);
    const startMs = performance.now();
    const failing = findFailingAnswer(provider, scratch, answers);
    selfTestMs = performance.now() - startMs;
    if (failing === undefined) return { name, provider, selfTestMs };
    const reason = `known answer ${failing} failed`;
    return { name, failure: { state: 'refused', reason }, selfTestMs };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'could not be loaded';
    return { name, failure: { state: 'missing', reason }, selfTestMs };
  }
}
