import { useRef, useState } from 'react';
import {
  changePreference,
  type EngineChanges,
  type EnginePreference,
} from '../../../shared/model/engine.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';
import { useCommand } from '../../store/use-command.ts';

/** The engine's choices of one vault, each change sent at once. */
export type Tune = Readonly<{
  /** As main has it; while a change is on its way, as it was asked for. */
  preference: EnginePreference;
  isRunning: boolean;
  error: unknown;
  change(changes: EngineChanges): void;
}>;

/** Sends changes one after the other, in the order in which they were made. */
export function useTune({ id: vaultId, preference }: VaultSnapshot): Tune {
  const bridge = useBridge();
  const command = useCommand();
  const [asked, setAsked] = useState<EnginePreference | null>(null);
  const queue = useRef({ last: Promise.resolve(), waiting: 0 }).current;
  const change = (changes: EngineChanges) => {
    setAsked((before) => changePreference(before ?? preference, changes));
    queue.waiting += 1;
    queue.last = queue.last.then(async () => {
      await command.run(() => bridge.call('vault.tune', { vaultId, changes }));
      queue.waiting -= 1;
      if (queue.waiting === 0) setAsked(null);
    });
  };
  return {
    preference: asked ?? preference,
    isRunning: command.isRunning,
    error: command.error,
    change,
  };
}
