import { useEffect, useState } from 'react';
import type { BackendChanges } from '../../../shared/model/backend.ts';
import type { KernelAdvice } from '../../../shared/model/kernel-advice.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';
import { useCommand } from '../../store/use-command.ts';

/** How one vault is mounted, and the advice for it. */
export type Backend = Readonly<{
  /** `null` until main has answered, and where the container cannot be read. */
  advice: KernelAdvice | null;
  isRunning: boolean;
  error: unknown;
  change(changes: BackendChanges): void;
}>;

/** Asks for the advice once, and sends changes. */
export function useBackend({ id: vaultId }: VaultSnapshot): Backend {
  const bridge = useBridge();
  const command = useCommand();
  const [advice, setAdvice] = useState<KernelAdvice | null>(null);
  useEffect(() => {
    let isWanted = true;
    bridge.call('vault.advise-flags', { vaultId }).then(
      (answer) => isWanted && setAdvice(answer),
      () => isWanted && setAdvice(null), // no header, no advice: its page tells why
    );
    return () => {
      isWanted = false;
    };
  }, [bridge, vaultId]);
  const change = (changes: BackendChanges) =>
    void command.run(() => bridge.call('vault.set-backend', { vaultId, changes }));
  return { advice, isRunning: command.isRunning, error: command.error, change };
}
