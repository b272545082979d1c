import { ContractError, StateError } from '../../shared/errors/vault-error.ts';
import type { VaultSnapshot } from '../../shared/model/vault.ts';
import type { Services } from '../services/services.ts';
import type { HandlerContext, HandlersOf } from './handler.ts';
import { takeSecret } from './take-secret.ts';

type VaultChannel =
  | 'vault.create'
  | 'vault.add'
  | 'vault.mount'
  | 'vault.lock'
  | 'vault.remove'
  | 'vault.update'
  | 'vault.forget-passphrase'
  | 'vault.inspect'
  | 'vault.header-changes'
  | 'vault.tune'
  | 'vault.set-backend'
  | 'vault.advise-flags'
  | 'vault.history'
  | 'vault.open-folder';

/** Returns the handlers of everything that people do with vaults. */
export function createVaultHandlers({
  services,
  host,
  grants,
}: HandlerContext): HandlersOf<VaultChannel> {
  return {
    'vault.create': async ({ grantId, options, secret, isMounted }) => {
      const path = grants.find(grantId, 'create');
      using passphrase = await takeSecret(secret, grants);
      return { jobId: await services.createVault({ path, options, isMounted }, passphrase.move()) };
    },
    'vault.add': async ({ grantId }) => ({
      vaultId: await services.addVault(grants.find(grantId, 'add')),
    }),
    'vault.mount': async ({
      vaultId,
      secret,
      mountPointGrantId,
      isReadOnly,
      backend,
      isRemembered,
      isCostAccepted = false,
    }) => {
      const mountPoint =
        mountPointGrantId === null ? null : grants.find(mountPointGrantId, 'mount-point');
      using passphrase =
        secret.kind === 'stored'
          ? services.readStoredPassphrase(vaultId)
          : await takeSecret(secret, grants);
      const request = {
        vaultId,
        mountPoint,
        isReadOnly,
        backend,
        isRemembered: isRemembered && secret.kind === 'passphrase',
        isCostAccepted,
      };
      return { jobId: await services.mountVault(request, passphrase.move()) };
    },
    'vault.lock': async ({ vaultId, isForced }) => ({
      jobId: await services.lockVault(vaultId, isForced),
    }),
    'vault.remove': async ({ vaultId, deleteFileNamed }) => {
      assertNameConfirmed(findVault(services, vaultId), deleteFileNamed);
      await services.removeVault(vaultId, deleteFileNamed !== null);
      return null;
    },
    'vault.update': ({ vaultId, changes }) => {
      services.updateVault(vaultId, changes);
      return null;
    },
    'vault.forget-passphrase': ({ vaultId }) => {
      services.forgetPassphrase(vaultId);
      return null;
    },
    'vault.inspect': ({ vaultId }) => services.inspect(vaultId),
    'vault.header-changes': ({ vaultId }) => services.headerChanges(vaultId),
    'vault.tune': ({ vaultId, changes }) => services.tuneVault(vaultId, changes),
    'vault.set-backend': ({ vaultId, changes }) => services.setBackend(vaultId, changes),
    'vault.advise-flags': ({ vaultId }) => services.adviseFlags(vaultId),
    'vault.history': ({ vaultId, sinceMs }) => services.history(vaultId, sinceMs),
    'vault.open-folder': async ({ vaultId }) => {
      const { mountPoint, backend } = findVault(services, vaultId);
      // Served by NBD it has an address, and no folder.
      if (mountPoint === null || backend === 'nbd') throw new StateError('not-mounted');
      await host.openFolder(mountPoint);
      return null;
    },
  };
}

function findVault(services: Services, vaultId: string): VaultSnapshot {
  const vault = services.snapshot().vaults.find(({ id }) => id === vaultId);
  if (vault === undefined) throw new StateError('vault-unknown');
  return vault;
}

/** Main checks the second confirmation itself, so a window that skips it deletes nothing. */
function assertNameConfirmed(vault: VaultSnapshot, typedName: string | null): void {
  if (typedName !== null && typedName !== vault.name) {
    throw new ContractError('payload-invalid', { path: 'deleteFileNamed' });
  }
}
