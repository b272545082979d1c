import { app } from 'electron/main';
import type { Services } from '../../services/services.ts';
import { lockAllVaults } from '../lock-all-vaults.ts';

/**
 * Holds the app until every vault is locked, then lets it quit.
 *
 * @param onFailure - Called with the reason where a vault stayed mounted; its process serves it on.
 */
export function guardQuit(services: Services, onFailure: (error: unknown) => void): void {
  let stage: 'open' | 'locking' | 'locked' = 'open';
  app.on('before-quit', async (event) => {
    if (stage === 'locked') return;
    event.preventDefault();
    if (stage === 'locking') return;
    stage = 'locking';
    await lockAllVaults(services, onFailure);
    await services[Symbol.asyncDispose]();
    stage = 'locked';
    app.quit();
  });
}
