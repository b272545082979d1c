import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { useBackend } from './use-backend.ts';
import { KernelFlags } from './vault-backend.tsx';

/** In place of the engine's choices, where the kernel's engine serves the vault. */
export function KernelEngineFields({ vault }: { vault: VaultSnapshot }) {
  const backend = useBackend(vault);
  return (
    <>
      {backend.error !== null && <ErrorNotice error={backend.error} />}
      <KernelFlags vault={vault} backend={backend} />
    </>
  );
}
