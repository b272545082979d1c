import type { Services } from '../services/services.ts';

/** Names of the vaults that stayed mounted. */
export type LockOutcome = Readonly<{ mountedLeft: readonly string[] }>;

/**
 * Locks every vault before the app ends. A vault with files in use stays mounted, as its own
 * process serves it on: forcing it would lose what is not saved.
 *
 * @param onFailure - Called with the reason where not all could be locked.
 */
export async function lockAllVaults(
  services: Services,
  onFailure: (error: unknown) => void,
): Promise<LockOutcome> {
  try {
    await services.lockAll(false);
  } catch (error) {
    onFailure(error);
  }
  const left = services.snapshot().vaults.filter(({ state }) => state === 'mounted');
  return { mountedLeft: left.map(({ name }) => name) };
}
