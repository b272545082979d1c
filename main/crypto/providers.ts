import type { Arena } from '../bytes/arena.ts';
import { InvariantError } from '../bytes/invariant-error.ts';
import { createEcbWasmProvider, ECB_WASM_ARENA_BYTES } from './xts-ecb-wasm.ts';
import { createNobleProvider } from './xts-noble.ts';
import type { XtsProvider } from './xts-provider.ts';
import {
  createSelfTestScratch,
  findFailingAnswer,
  SELF_TEST_ARENA_BYTES,
} from './xts-self-test.ts';

/** Providers from the fastest to the last resort. */
const PROVIDERS: readonly Readonly<{ name: string; create: (arena: Arena) => XtsProvider }>[] = [
  { name: 'ecb-wasm', create: createEcbWasmProvider },
  { name: 'noble', create: createNobleProvider },
];

/** Bytes of arena that choosing a provider takes. */
export const PROVIDERS_ARENA_BYTES = SELF_TEST_ARENA_BYTES + ECB_WASM_ARENA_BYTES;

/** A provider that was tried and not taken, and why. */
export type RefusedProvider = Readonly<{ name: string; reason: string }>;

/**
 * Returns the first provider that passes the known answers in this process, and those before it
 * that did not.
 *
 * @throws InvariantError where none passes: then nothing here can be trusted.
 */
export function chooseProvider(
  arena: Arena,
  candidates = PROVIDERS,
): Readonly<{ provider: XtsProvider; refused: readonly RefusedProvider[] }> {
  const scratch = createSelfTestScratch(arena);
  const refused: RefusedProvider[] = [];
  for (const { name, create } of candidates) {
    try {
      const provider = create(arena);
      const failing = findFailingAnswer(provider, scratch);
      if (failing === undefined) return { provider, refused };
      refused.push({ name, reason: `known answer ${failing} failed` });
    } catch (error) {
      refused.push({
        name,
        reason: error instanceof Error ? error.message : 'could not be loaded',
      });
    }
  }
  throw new InvariantError(
    `no AES-XTS provider passes its self-test: ${refused.map((r) => r.reason).join('; ')}`,
  );
}
