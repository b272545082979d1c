import { testPassphrase, unlockFields } from '../../services/vault-operations.ts';
import { openVaults } from '../known-vaults.ts';
import { printResult } from '../output.ts';
import { obtainPassphrase, type PassphraseOptions } from '../passphrase-source.ts';
import { ProgressLine } from '../progress-line.ts';
import { realContainerPath } from '../real-path.ts';
import {
  type UnlockOptions,
  unlockChoice,
  warnOfHeaderChanges,
  withCostAccepted,
} from '../unlock-options.ts';
import { withInterrupt } from '../with-interrupt.ts';

/** `lockline test`: tells which keyslot a passphrase opens. */
export async function test(
  file: string,
  options: PassphraseOptions & UnlockOptions & Readonly<{ json?: boolean }>,
): Promise<void> {
  const path = realContainerPath(file);
  const choice = unlockChoice(options);
  using known = openVaults();
  warnOfHeaderChanges(known.vaults, path, choice.headerPath);
  using passphrase = await obtainPassphrase(options, 'existing');
  using progress = new ProgressLine();
  const { keyslotId } = await withInterrupt((signal) =>
    withCostAccepted(choice, (accepted) => {
      const request = { path, ...unlockFields(known.vaults, path, accepted) };
      return testPassphrase(request, passphrase, { onPhase: progress.onPhase, signal });
    }),
  );
  progress[Symbol.dispose]();
  printResult(options.json, { path, keyslotId }, `Keyslot ${keyslotId} opens with this passphrase`);
}
