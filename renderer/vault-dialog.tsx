import type { Settings } from '../shared/model/settings.ts';
import type { VaultSnapshot } from '../shared/model/vault.ts';
import { UnlockDialog } from './features/unlock/unlock-dialog.tsx';
import { AddDialog } from './features/vaults/add-dialog.tsx';
import { RemoveDialog } from './features/vaults/remove-dialog.tsx';

/** The dialog that is open; those on a vault name it by id, as its snapshot changes. */
export type OpenDialog =
  | Readonly<{ kind: 'add'; droppedName: string | null }>
  | Readonly<{ kind: 'unlock' | 'remove'; vaultId: string }>;

type VaultDialogProps = Readonly<{
  dialog: OpenDialog | null;
  vaults: readonly VaultSnapshot[];
  settings: Settings;
  onClose: () => void;
}>;

/** Shows the open dialog; none where its vault has gone. */
export function VaultDialog({ dialog, vaults, settings, onClose }: VaultDialogProps) {
  if (dialog === null) return null;
  if (dialog.kind === 'add')
    return <AddDialog droppedName={dialog.droppedName} onClose={onClose} />;
  const vault = vaults.find(({ id }) => id === dialog.vaultId);
  if (vault === undefined) return null;
  if (dialog.kind === 'unlock')
    return <UnlockDialog vault={vault} settings={settings} onClose={onClose} />;
  return <RemoveDialog vault={vault} onClose={onClose} />;
}
