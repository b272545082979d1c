import { useMemo } from 'react';
import { useBridge } from './bridge/bridge-context.tsx';
import { type Lock, useLock } from './features/vaults/use-lock.ts';
import type { VaultActions } from './features/vaults/vault-actions.ts';
import type { Route } from './navigation/route.ts';
import { useCommand } from './store/use-command.ts';
import type { OpenDialog } from './vault-dialog.tsx';

/** The last action that was refused outside any dialog. */
export type ActionFailure = Readonly<{ error: unknown; dismiss(): void }>;

type VaultActionsState = Readonly<{
  actions: VaultActions;
  lock: Lock;
  failure: ActionFailure;
}>;

/** Carries out what is asked for a vault: by a command, or by opening its dialog. */
export function useVaultActions(
  openDialog: (dialog: OpenDialog) => void,
  go: (route: Route) => void,
): VaultActionsState {
  const bridge = useBridge();
  const lock = useLock();
  const folder = useCommand();
  const { lock: lockVault } = lock;
  const { run } = folder;
  const actions = useMemo<VaultActions>(
    () => ({
      unlock: ({ id }) => openDialog({ kind: 'unlock', vaultId: id }),
      remove: ({ id }) => openDialog({ kind: 'remove', vaultId: id }),
      open: ({ id }, tab = 'overview') => go({ screen: 'vault', vaultId: id, tab }),
      toggleFavourite: ({ id, options }) =>
        bridge.send('vault.update', {
          vaultId: id,
          changes: { isFavourite: !options.isFavourite },
        }),
      lock: lockVault,
      openFolder: ({ id }) => void run(() => bridge.call('vault.open-folder', { vaultId: id })),
    }),
    [bridge, go, lockVault, openDialog, run],
  );
  const dismiss = () => {
    lock.dismiss();
    folder.clearError();
  };
  return { actions, lock, failure: { error: lock.error ?? folder.error, dismiss } };
}
