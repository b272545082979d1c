import { useCallback, useState } from 'react';

/** A command to main that answers soon, with its refusal for showing. */
export type Command = Readonly<{
  isRunning: boolean;
  error: unknown;
  /** @returns Whether it was carried out. */
  run(action: () => Promise<unknown>): Promise<boolean>;
  clearError(): void;
}>;

/** Runs commands one after the other and keeps the last refusal. */
export function useCommand(): Command {
  const [running, setRunning] = useState(0);
  const [error, setError] = useState<unknown>(null);
  const run = useCallback(async (action: () => Promise<unknown>) => {
    setRunning((count) => count + 1);
    setError(null);
    try {
      await action();
      return true;
    } catch (reason) {
      setError(reason);
      return false;
    } finally {
      setRunning((count) => count - 1);
    }
  }, []);
  const clearError = useCallback(() => setError(null), []);
  return { isRunning: running > 0, error, run, clearError };
}
