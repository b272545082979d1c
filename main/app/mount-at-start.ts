import type { Services } from '../services/services.ts';

/**
 * Mounts the vaults that are wanted at the start and whose passphrase the keychain keeps. The others
 * are asked for by the window.
 *
 * @param onFailure - Told of each that could not be begun; how a mount ends is on the board of jobs.
 */
export async function mountAtStart(
  services: Services,
  onFailure: (error: unknown) => void,
): Promise<void> {
  const { vaults, settings } = services.snapshot();
  for (const { id, state, options, hasStoredPassphrase } of vaults) {
    if (state !== 'locked' || !options.mountAtStart || !hasStoredPassphrase) continue;
    const isReadOnly = options.mountReadOnly ?? settings.mountReadOnly;
    const request = {
      vaultId: id,
      mountPoint: null,
      backend: null,
      isReadOnly,
      isRemembered: false,
    };
    try {
      await services.mountVault(request, services.readStoredPassphrase(id));
    } catch (error) {
      onFailure(error);
    }
  }
}
