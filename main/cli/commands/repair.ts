import { EXIT_CODES } from '../../../shared/errors/codes.ts';
import type { RepairReport } from '../../../shared/model/header-care.ts';
import { repairContainer } from '../../services/header-operations.ts';
import { printResult } from '../output.ts';
import { realContainerPath } from '../real-path.ts';
import { withProgress } from '../with-progress.ts';
import { formatFindings } from './check.ts';

/** `lockline repair`: repairs what can be repaired, after a backup. */
export async function repair(file: string, options: Readonly<{ json?: boolean }>): Promise<void> {
  const path = realContainerPath(file);
  const report = await withProgress((progress) => repairContainer(path, progress));
  printResult(options.json, { path, ...report }, describe(report));
  if (report.remaining.length > 0) process.exitCode = EXIT_CODES.damaged;
}

function describe({ backupPath, repaired, remaining }: RepairReport): string {
  const done =
    backupPath === null
      ? 'Nothing was to be repaired'
      : `Repaired, after the header was saved in ${backupPath}:\n${formatFindings(repaired)}`;
  if (remaining.length === 0) return done;
  return `${done}\nThis cannot be repaired:\n${formatFindings(remaining)}`;
}
