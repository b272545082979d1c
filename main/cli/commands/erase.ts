import { eraseKeys } from '../../services/key-operations.ts';
import { confirmDestruction } from '../confirm-destruction.ts';
import { printResult } from '../output.ts';
import { realContainerPath } from '../real-path.ts';
import { withProgress } from '../with-progress.ts';

/** `lockline erase`: destroys every key of a vault. */
export async function erase(
  file: string,
  options: Readonly<{ confirm?: string; json?: boolean }>,
): Promise<void> {
  const path = realContainerPath(file);
  confirmDestruction(options.confirm, `Every key of ${path} will be destroyed, for good.`);
  const { erased } = await withProgress((progress) => eraseKeys(path, progress));
  const text = `Destroyed ${erased.length} keys: only a header backup opens this vault now`;
  printResult(options.json, { path, erased }, text);
}
