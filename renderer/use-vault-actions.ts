import { useMemo } from 'react';
import { useBridge } from './bridge/bridge-context.tsx';
import { type Lock, useLock } from './features/vaults/use-lock.ts';
import type { VaultActions } from './features/vaults/vault-actions.ts';
import { useCommand } from './store/use-command.ts';
import type { OpenDialog } from './vault-dialog.tsx';

type VaultActionsState = Readonly<{
  actions: VaultActions;
  lock: Lock;
  /** The last action that was refused outside any dialog. */
  failure: Readonly<{ error: unknown; dismiss(): void }>;
}>;

/** Carries out what is asked for a vault: by a command, or by opening its dialog. */
export function useVaultActions(openDialog: (dialog: OpenDialog) => void): VaultActionsState {
  const bridge = useBridge();
  const lock = useLock();
  const folder = useCommand();
  const { lock: lockVault } = lock;
  const { run } = folder;
  const actions = useMemo<VaultActions>(
    () => ({
      unlock: ({ id }) => openDialog({ kind: 'unlock', vaultId: id }),
      remove: ({ id }) => openDialog({ kind: 'remove', vaultId: id }),
      showDetails: ({ id }) => openDialog({ kind: 'details', vaultId: id }),
      showPerformance: ({ id }) => openDialog({ kind: 'performance', vaultId: id }),
      lock: lockVault,
      openFolder: ({ id }) => void run(() => bridge.call('vault.open-folder', { vaultId: id })),
    }),
    [bridge, lockVault, openDialog, run],
  );
  const dismiss = () => {
    lock.dismiss();
    folder.clearError();
  };
  return { actions, lock, failure: { error: lock.error ?? folder.error, dismiss } };
}
