import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { MountError, UnsupportedError } from '../../shared/errors/vault-error.ts';
import type { CheckerReport, FilesystemReport } from '../../shared/model/filesystem-check.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { runInSession } from '../session/spawn-session.ts';
import type { VaultRepository } from '../store/vault-repository.ts';
import { lockSession, type Progress, type UnlockChoice, unlockFields } from './vault-operations.ts';

/** Folders of administrators' programs, which an ordinary user's path need not have. */
const FOLDERS = ['/usr/sbin', '/sbin', '/usr/local/sbin', '/usr/bin', '/bin', '/usr/local/bin'];
const MOST_OUTPUT_BYTES = 256 * 1024;

/** What a checker's exit code says. */
type Verdict = CheckerReport['verdict'];
type Checker = Readonly<{
  program: string;
  check: readonly string[];
  repair: readonly string[];
  verdict: (exitCode: number, isRepair: boolean) => Verdict;
}>;

const E2FSCK: Checker = {
  program: 'e2fsck',
  check: ['-fn'],
  repair: ['-fy'],
  verdict: (code) => {
    if (code === 0) return 'clean';
    if ((code & 4) !== 0) return 'damaged';
    return code < 4 ? 'repaired' : 'failed';
  },
};
const FSCK_FAT: Checker = {
  program: 'fsck.fat',
  check: ['-n'],
  repair: ['-a', '-w'],
  verdict: (code, isRepair) => {
    if (code === 0) return 'clean';
    if (code !== 1) return 'failed';
    return isRepair ? 'repaired' : 'damaged';
  },
};

export type CheckRequest = UnlockChoice & Readonly<{ path: string }>;

/**
 * Checks the filesystem of a locked vault by our own reading; nothing is written.
 *
 * @param passphrase - Borrowed.
 * @throws UnsupportedError `filesystem-unsupported`; CredentialError `passphrase-wrong`
 */
export function checkFilesystem(
  vaults: VaultRepository,
  request: CheckRequest,
  passphrase: SecretBytes,
  progress: Progress = {},
): Promise<FilesystemReport> {
  const { path } = request;
  const unlock = unlockFields(vaults, path, request);
  return runInSession({ verb: 'fsck', path, ...unlock }, { secret: passphrase, ...progress });
}

/**
 * Lets the system's own program look at the blocks of a locked vault, or repair them. It sees them as
 * one file in a folder that only this user can enter, for as long as it runs.
 *
 * @param filesystem - As {@link checkFilesystem} has told it.
 * @param passphrase - Borrowed.
 * @returns `null` where there is no such program, or no way to show it the blocks.
 */
export async function runChecker(
  vaults: VaultRepository,
  request: CheckRequest & Readonly<{ filesystem: string; isRepair: boolean }>,
  passphrase: SecretBytes,
  progress: Progress = {},
): Promise<CheckerReport | null> {
  const { path, isRepair } = request;
  const checker = request.filesystem === 'vfat' ? FSCK_FAT : E2FSCK;
  const program = findProgram(checker.program);
  if (program === undefined) return null;
  const session = await showBlocks(vaults, request, passphrase, progress);
  if (session === null) return null;
  let outcome: Readonly<{ exitCode: number; output: string }>;
  try {
    progress.onPhase?.('checking', null);
    const args = [
      ...(isRepair ? checker.repair : checker.check),
      join(session.mountPoint, 'volume'),
    ];
    outcome = await run(program, args, progress.signal);
  } finally {
    await lockSession(session, progress.signal?.aborted === true);
  }
  const output = outcome.output.replaceAll(join(session.mountPoint, 'volume'), path);
  const verdict = checker.verdict(outcome.exitCode, isRepair);
  return { program: checker.program, exitCode: outcome.exitCode, verdict, output };
}

async function showBlocks(
  vaults: VaultRepository,
  request: CheckRequest & Readonly<{ isRepair: boolean }>,
  secret: SecretBytes,
  progress: Progress,
) {
  const { path, isRepair } = request;
  const unlock = unlockFields(vaults, path, request);
  const engine = vaults.enginePreference(path);
  const mount = { verb: 'mount', path, ...unlock, mountPoint: null, engine } as const;
  try {
    return await runInSession(
      { ...mount, isReadOnly: !isRepair, backend: 'fuse', shows: 'blocks' },
      { secret, ...progress },
    );
  } catch (error) {
    if (error instanceof MountError || error instanceof UnsupportedError) return null;
    throw error;
  }
}

function findProgram(name: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false; // the question is only whether it is there
    }
  });
}

function run(
  program: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Readonly<{ exitCode: number; output: string }>> {
  const { promise, resolve, reject } = Promise.withResolvers<{
    exitCode: number;
    output: string;
  }>();
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: FOLDERS.join(':'), LC_ALL: 'C.UTF-8' },
    signal,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      if (output.length < MOST_OUTPUT_BYTES) output += text;
    });
  }
  child.once('error', reject);
  child.once('close', (code) => resolve({ exitCode: code ?? -1, output: output.trim() }));
  return promise;
}
