import type { Progress } from '../services/vault-operations.ts';
import { ProgressLine } from './progress-line.ts';
import { withInterrupt } from './with-interrupt.ts';

/** Runs a long operation with a progress line, cancelled by Ctrl-C; the line is gone when it ends. */
export async function withProgress<T>(work: (progress: Progress) => Promise<T>): Promise<T> {
  using line = new ProgressLine();
  return await withInterrupt((signal) => work({ onPhase: line.onPhase, signal }));
}
