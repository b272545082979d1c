import { constants } from 'node:os';

const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/**
 * One Ctrl-C comes more than once: from the terminal to every program in front, and once more from
 * each that passes it on, such as npm.
 */
const SAME_WISH_MS = 1000;
const SIGNAL_EXIT_CODE = 128;

/**
 * Settles at the first signal that ends a program. Vaults are locked then; a person who does not
 * want to wait for that says so by another one, after a moment.
 */
export function waitForEndSignal(): Promise<void> {
  const first = Promise.withResolvers<void>();
  let firstMs: number | undefined;
  for (const signal of END_SIGNALS) {
    process.on(signal, () => {
      firstMs ??= performance.now();
      if (performance.now() - firstMs > SAME_WISH_MS) {
        process.exit(SIGNAL_EXIT_CODE + constants.signals[signal]);
      }
      first.resolve();
    });
  }
  return first.promise;
}
