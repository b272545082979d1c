import type { AppSnapshot } from '../../shared/model/app.ts';
import type { Services } from '../services/services.ts';

/** Names of the vaults that stayed mounted against their policy. */
export type LockOutcome = Readonly<{ mountedLeft: readonly string[] }>;

/**
 * Locks every vault whose policy does not keep it, before the app ends. A vault with files in use
 * stays mounted, as its own process serves it on: forcing it would lose what is not saved.
 *
 * @param onFailure - Called with the reason where not all could be locked.
 */
export async function lockAllVaults(
  services: Services,
  onFailure: (error: unknown) => void,
): Promise<LockOutcome> {
  const kept = new Set(findKept(services.snapshot()));
  try {
    await services.lockAll(false, kept);
  } catch (error) {
    onFailure(error);
  }
  const left = services
    .snapshot()
    .vaults.filter(({ id, state }) => state === 'mounted' && !kept.has(id));
  return { mountedLeft: left.map(({ name }) => name) };
}

function findKept({ vaults, settings }: AppSnapshot): readonly string[] {
  return vaults
    .filter(({ options }) => !(options.autoLock ?? settings.autoLock).onExit)
    .map(({ id }) => id);
}
