import type { Settings } from '../../../shared/model/settings.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { useBackend } from './use-backend.ts';
import { BackendField, KernelFlags } from './vault-backend.tsx';

type KernelEngineFieldsProps = Readonly<{ vault: VaultSnapshot; settings: Settings }>;

/** Whether the kernel is to serve the vault; where it does, its flags in place of our engine's choices. */
export function KernelEngineFields({ vault, settings }: KernelEngineFieldsProps) {
  const backend = useBackend(vault);
  return (
    <>
      {backend.error !== null && <ErrorNotice error={backend.error} />}
      <BackendField vault={vault} settings={settings} backend={backend} />
      {vault.kernel !== null && <KernelFlags vault={vault} backend={backend} />}
    </>
  );
}
