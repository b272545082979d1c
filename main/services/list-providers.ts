import type { ProviderInfo } from '../../shared/model/provider.ts';
import { Arena } from '../bytes/arena.ts';
import { examineProviders, PROVIDERS_ARENA_BYTES } from '../crypto/providers.ts';

/** Tells which providers of AES-XTS this machine has, after a self-test of each. */
export function listProviders(): readonly ProviderInfo[] {
  return examineProviders(new Arena(PROVIDERS_ARENA_BYTES));
}
