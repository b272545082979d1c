import { ContractError } from '../../../shared/errors/vault-error.ts';
import { formatSize, parseSize } from '../../../shared/units.ts';
import { resizeVault } from '../../services/header-operations.ts';
import { printResult } from '../output.ts';
import { obtainPassphrase, type PassphraseOptions } from '../passphrase-source.ts';
import { realContainerPath } from '../real-path.ts';
import { withProgress } from '../with-progress.ts';

/** `lockline resize`: makes a locked vault larger. */
export async function resize(
  file: string,
  options: PassphraseOptions & Readonly<{ size: string; header?: string; json?: boolean }>,
): Promise<void> {
  const sizeBytes = parseSize(options.size);
  if (sizeBytes === undefined) throw new ContractError('size-invalid', { option: '--size' });
  const path = realContainerPath(file);
  const headerPath = options.header === undefined ? null : realContainerPath(options.header);
  using passphrase = await obtainPassphrase(options, 'existing');
  const result = await withProgress((progress) =>
    resizeVault({ path, headerPath }, sizeBytes - (sizeBytes % 4096), passphrase, progress),
  );
  const grown = result.hasGrownFilesystem
    ? `the ${result.filesystem} filesystem fills it`
    : 'the filesystem in it is as large as before: grow it with its own tools';
  printResult(
    options.json,
    { path, ...result },
    `${path} has ${formatSize(result.containerBytes)} now; ${grown}`,
  );
}
