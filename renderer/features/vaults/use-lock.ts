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
  /** The programs that use it, where the system tells. */
  busyPrograms: readonly string[];
  /** Why locking failed for another reason. */
  error: unknown;
  /** The vault whose failure is shown by the dialog or with the screen, and not by its row. */
  refusedVaultId: string | null;
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
    busyPrograms: isBusy ? programsOf(job.error) : [],
    error: !isOver && !isBusy ? job.error : null,
    refusedVaultId: isOver ? null : asked.id,
    dismiss: () => setAsked(null),
  };
}

/** Main adds the names of the programs to its refusal. */
function programsOf(error: unknown): readonly string[] {
  if (typeof error !== 'object' || error === null || !('data' in error)) return [];
  const { data } = error;
  if (typeof data !== 'object' || data === null || !('programs' in data)) return [];
  const { programs } = data;
  return Array.isArray(programs) ? programs.filter((name) => typeof name === 'string') : [];
}
