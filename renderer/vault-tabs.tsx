import { KernelEngineFields } from './features/backend/kernel-engine-fields.tsx';
import { VaultBackend } from './features/backend/vault-backend.tsx';
import { VaultKeys } from './features/keys/vault-keys.tsx';
import { VaultMaintenance } from './features/maintenance/vault-maintenance.tsx';
import { VaultPerformance } from './features/performance/vault-performance.tsx';
import { VaultSettings } from './features/vault-settings/vault-settings.tsx';
import { VaultOverview } from './features/vaults/vault-overview.tsx';
import type { VaultTab, VaultTabProps } from './features/vaults/vault-page.tsx';

/** The tabs of a vault's page, in order. Another one is another entry. */
export const VAULT_TABS: readonly VaultTab[] = [
  { name: 'overview', label: 'vault.overview', Content: VaultOverview },
  { name: 'keys', label: 'keys.title', Content: VaultKeys },
  { name: 'maintenance', label: 'maintenance.title', Content: VaultMaintenance },
  { name: 'performance', label: 'vaults.performance', Content: PerformanceTab },
  { name: 'backend', label: 'backend.title', Content: VaultBackend },
  { name: 'settings', label: 'settings.title', Content: VaultSettings },
];

/** The kernel is a choice beside our engine; where it serves the vault its flags stand there too. */
function PerformanceTab(props: VaultTabProps) {
  return <VaultPerformance {...props} backendFields={<KernelEngineFields {...props} />} />;
}
