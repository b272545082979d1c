import { displayText } from '../../../shared/display-text.ts';
import { EXIT_CODES } from '../../../shared/errors/codes.ts';
import { ContractError } from '../../../shared/errors/vault-error.ts';
import type { CheckerReport, FilesystemReport } from '../../../shared/model/filesystem-check.ts';
import type { SecretBytes } from '../../bytes/secret-bytes.ts';
import { checkFilesystem, runChecker } from '../../services/check-filesystem.ts';
import type { KnownVaults } from '../../services/known-vaults.ts';
import { askOnTerminal } from '../confirm-destruction.ts';
import { openVaults } from '../known-vaults.ts';
import { formatTable, printResult } from '../output.ts';
import { obtainPassphrase, type PassphraseOptions } from '../passphrase-source.ts';
import { realContainerPath } from '../real-path.ts';
import { type UnlockOptions, unlockChoice, withCostAccepted } from '../unlock-options.ts';
import { withProgress } from '../with-progress.ts';

type Options = PassphraseOptions &
  UnlockOptions &
  Readonly<{ checker: boolean; repair?: boolean; yes?: boolean; json?: boolean }>;

type Reports = Readonly<{
  own: FilesystemReport;
  checker: CheckerReport | null;
  /** What the program for repairs did; null where none was asked for. */
  repair: CheckerReport | null;
}>;

/** `lockline fsck`: checks the filesystem of a locked vault; ends with 4 where it is damaged. */
export async function fsck(file: string, options: Options): Promise<void> {
  const path = realContainerPath(file);
  using known = openVaults();
  using passphrase = await obtainPassphrase(options, 'existing');
  const reports = await check(known.vaults, path, options, passphrase);
  printResult(options.json, { path, ...toJson(reports) }, describe(reports));
  if (isDamaged(reports)) process.exitCode = EXIT_CODES.damaged;
}

async function check(
  vaults: KnownVaults['vaults'],
  path: string,
  options: Options,
  passphrase: SecretBytes,
): Promise<Reports> {
  const choice = unlockChoice(options);
  const own = () =>
    withProgress((progress) =>
      withCostAccepted(choice, (accepted) =>
        checkFilesystem(vaults, { path, ...accepted }, passphrase, progress),
      ),
    );
  const run = (filesystem: string, isRepair: boolean) =>
    withProgress((progress) =>
      runChecker(vaults, { path, ...choice, filesystem, isRepair }, passphrase, progress),
    );
  const first = await own();
  if (options.repair !== true) {
    const checker = options.checker ? await run(first.filesystem, false) : null;
    return { own: first, checker, repair: null };
  }
  if (options.yes !== true) confirmRepair(first);
  const repair = await run(first.filesystem, true);
  if (repair === null) throw new ContractError('checker-missing', { filesystem: first.filesystem });
  return { own: await own(), checker: null, repair };
}

/** @throws ContractError `confirmation-wrong` */
function confirmRepair(report: FilesystemReport): void {
  const program = report.filesystem === 'vfat' ? 'fsck.fat' : 'e2fsck';
  const question = `${describeOwn(report)}\n${program} will write to the vault: back it up first. Go on? [y/N] `;
  if (!/^y(es)?$/i.test(askOnTerminal(question).trim())) {
    throw new ContractError('confirmation-wrong', { option: '--yes' });
  }
}

function isDamaged({ own, checker, repair }: Reports): boolean {
  const isBad = (report: CheckerReport | null) =>
    report !== null && (report.verdict === 'damaged' || report.verdict === 'failed');
  return own.verdict === 'damaged' || isBad(checker) || isBad(repair);
}

function toJson({ own, checker, repair }: Reports): object {
  const verdict = isDamaged({ own, checker, repair }) ? 'damaged' : 'clean';
  return { ...own, verdict, ownVerdict: own.verdict, checker, repair };
}

function describe({ own, checker, repair }: Reports): string {
  return [describeOwn(own), ...[checker, repair].flatMap(describeChecker)].join('\n');
}

function describeOwn(report: FilesystemReport): string {
  const { filesystem, findings, more, files, directories, verdict } = report;
  const rows = findings.map(({ weight, kind, detail }) => [weight, kind, displayText(detail)]);
  return [
    `${filesystem}: ${files} files in ${directories} directories`,
    ...(rows.length === 0 ? [] : [formatTable([['State', 'What', 'Detail'], ...rows])]),
    ...(more === 0 ? [] : [`and ${more} more`]),
    verdict === 'clean' ? 'Everything is as it should be' : 'The filesystem is damaged',
  ].join('\n');
}

const VERDICT_WORDS = {
  clean: 'finds nothing wrong',
  repaired: 'has repaired what it found',
  damaged: 'finds damage',
  failed: 'could not do its work',
} as const satisfies Record<CheckerReport['verdict'], string>;

function describeChecker(report: CheckerReport | null): readonly string[] {
  if (report === null) return [];
  const { program, verdict, output } = report;
  const words = `${program} ${VERDICT_WORDS[verdict]}`;
  if (verdict === 'clean') return [words];
  return [`${words}:`, ...output.split('\n').map((line) => `  ${displayText(line)}`)];
}
