import type { ContainerFormat } from '../../../shared/model/header-care.ts';
import { convertContainer } from '../../services/header-operations.ts';
import { printResult } from '../output.ts';
import { realContainerPath } from '../real-path.ts';
import { withProgress } from '../with-progress.ts';

/** `lockline convert`: makes LUKS2 of LUKS1, or the other way round. */
export async function convert(
  file: string,
  { to, json }: Readonly<{ to: ContainerFormat; json?: boolean }>,
): Promise<void> {
  const path = realContainerPath(file);
  const facts = await withProgress((progress) => convertContainer(path, to, progress));
  const words = `Converted to ${to.toUpperCase()}; the header of before is kept in ${facts.backupPath}`;
  printResult(json, { path, ...facts }, words);
}
