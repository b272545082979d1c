import { testPassphrase } from '../../services/vault-operations.ts';
import { printResult } from '../output.ts';
import { obtainPassphrase, type PassphraseOptions } from '../passphrase-source.ts';
import { ProgressLine } from '../progress-line.ts';
import { realContainerPath } from '../real-path.ts';
import { withInterrupt } from '../with-interrupt.ts';

/** `lockline test`: tells which keyslot a passphrase opens. */
export async function test(
  file: string,
  options: PassphraseOptions & Readonly<{ json?: boolean }>,
): Promise<void> {
  const path = realContainerPath(file);
  using passphrase = obtainPassphrase(options, 'existing');
  using progress = new ProgressLine();
  const { keyslotId } = await withInterrupt((signal) =>
    testPassphrase(path, passphrase, { onPhase: progress.onPhase, signal }),
  );
  progress[Symbol.dispose]();
  printResult(options.json, { path, keyslotId }, `Keyslot ${keyslotId} opens with this passphrase`);
}
