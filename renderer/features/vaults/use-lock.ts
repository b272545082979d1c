import { useCallback, useState } from 'react';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';
import { codeOf } from '../../i18n/error-words.ts';
import { useJob } from '../../store/use-job.ts';

/** Locking of one vault at a time, with the question that a busy one raises. */
export type Lock = Readonly<{
  lock(vault: VaultSnapshot): void;
  force(vault: VaultSnapshot): void;
  /** The vault that was found in use, until the person has decided. */
  busyVault: VaultSnapshot | null;
  /** Why locking failed for another reason. */
  error: unknown;
  dismiss(): void;
}>;

/** Locks vaults on request. */
export function useLock(): Lock {
  const bridge = useBridge();
  const [asked, setAsked] = useState<VaultSnapshot | null>(null);
  const job = useJob(useCallback(() => setAsked(null), []));
  const run = (vault: VaultSnapshot, isForced: boolean) => {
    setAsked(vault);
    void job.start(() => bridge.call('vault.lock', { vaultId: vault.id, isForced }));
  };
  const isBusy = codeOf(job.error) === 'unmount-busy';
  const isOver = asked === null || job.error === null;
  return {
    lock: (vault) => run(vault, false),
    force: (vault) => run(vault, true),
    busyVault: !isOver && isBusy ? asked : null,
    error: !isOver && !isBusy ? job.error : null,
    dismiss: () => setAsked(null),
  };
}
