import { EXIT_CODES } from '../../../shared/errors/codes.ts';
import type { Finding, HealthReport } from '../../../shared/model/header-care.ts';
import { checkContainer } from '../../services/header-operations.ts';
import { formatTable, printResult } from '../output.ts';
import { realContainerPath } from '../real-path.ts';
import { withProgress } from '../with-progress.ts';

/** `lockline check`: the health of a container; ends with 4 where something is not as it should be. */
export async function check(file: string, options: Readonly<{ json?: boolean }>): Promise<void> {
  const path = realContainerPath(file);
  const report = await withProgress((progress) => checkContainer(path, progress));
  printResult(options.json, { path, ...report }, describe(report));
  const isHealthy = report.verdict === 'fine' || report.verdict === 'note';
  if (!isHealthy) process.exitCode = EXIT_CODES.damaged;
}

const VERDICT_WORDS = {
  fine: 'Everything is as it should be',
  note: 'Nothing is damaged',
  repairable: 'Something is wrong that "lockline repair" can put right',
  damaged: 'Something is damaged: restore a header backup',
} as const satisfies Record<HealthReport['verdict'], string>;

function describe({ findings, verdict }: HealthReport): string {
  return `${formatFindings(findings)}\n${VERDICT_WORDS[verdict]}`;
}

/** One line a finding, with the offset in hexadecimal as other tools print it. */
export function formatFindings(findings: readonly Finding[]): string {
  const rows = findings.map(({ weight, kind, id, offsetBytes, detail }) => [
    weight,
    id === null ? kind : `${kind} ${id}`,
    offsetBytes === null ? '-' : `0x${offsetBytes.toString(16)}`,
    detail,
  ]);
  return formatTable([['State', 'What', 'At', 'Detail'], ...rows]);
}
