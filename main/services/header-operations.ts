import { realpathSync } from 'node:fs';
import type {
  BackupFacts,
  ContainerFormat,
  ConversionFacts,
  HealthReport,
  RepairReport,
  RestorePreview,
} from '../../shared/model/header-care.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import type { ResizeResult } from '../session/header-requests.ts';
import { runInSession } from '../session/spawn-session.ts';
import type { HeaderBackupRepository } from '../store/header-backup-repository.ts';
import type { VaultRepository } from '../store/vault-repository.ts';
import { headerMark } from './header-mark.ts';
import type { Progress } from './vault-operations.ts';

/** Where a vault lies; `headerPath`: of a detached header. */
export type VaultPlace = Readonly<{ path: string; headerPath: string | null }>;

/** Where it is noted which vaults have a header backup. */
export type BackupNotes = Readonly<{
  vaults: VaultRepository;
  backups: HeaderBackupRepository;
  /** Whose header it is; by default the vault's at the path. */
  vaultId?: string;
}>;

/**
 * Writes the header with its key areas into a new file, as `cryptsetup luksHeaderBackup` does, and
 * notes that there is one.
 *
 * @param target - Absolute path of a file that does not exist.
 * @throws DeviceError `file-exists`; FormatError where the header cannot be read.
 */
export async function backUpHeader(
  path: string,
  target: string,
  notes: BackupNotes,
  progress: Progress = {},
): Promise<BackupFacts> {
  const facts = await runInSession({ verb: 'header-backup', path, target }, progress);
  try {
    const vaultId = notes.vaultId ?? notes.vaults.findByPath(realpathSync(path))?.id;
    if (vaultId !== undefined) notes.backups.note(vaultId, headerMark(target), Date.now());
  } catch {
    // The backup is made; a list that cannot be written must not make it a failure.
    progress.onUnlisted?.();
  }
  return facts;
}

/** Tells what a restore would change. @throws FormatError `backup-mismatch` */
export function compareHeaderBackup(
  path: string,
  source: string,
  progress: Progress = {},
): Promise<RestorePreview> {
  return runInSession({ verb: 'header-compare', path, source }, progress);
}

/**
 * Puts a backup in the place of the header; what is replaced is kept beside the container.
 *
 * @throws FormatError `backup-mismatch`; StateError `header-changed`; DeviceError `device-busy`
 */
export function restoreHeaderBackup(
  path: string,
  source: string,
  progress: Progress = {},
): Promise<RestorePreview & Readonly<{ keptPath: string }>> {
  return runInSession({ verb: 'header-restore', path, source }, progress);
}

/** Looks at everything of a container that can be judged without a passphrase. */
export function checkContainer(path: string, progress: Progress = {}): Promise<HealthReport> {
  return runInSession({ verb: 'check', path }, progress);
}

/** Repairs what can be repaired, after the header was saved beside the container. */
export function repairContainer(path: string, progress: Progress = {}): Promise<RepairReport> {
  return runInSession({ verb: 'repair', path }, progress);
}

/**
 * Makes a locked vault larger, with the FAT32 or ext4 filesystem in it.
 *
 * @param secret - Borrowed: what opens the vault.
 * @throws ContractError `size-invalid`; CredentialError `passphrase-wrong`; DeviceError `no-space`
 */
export function resizeVault(
  { path, headerPath }: VaultPlace,
  sizeBytes: number,
  secret: SecretBytes,
  progress: Progress = {},
): Promise<ResizeResult> {
  const header = headerPath === null ? {} : { headerPath };
  return runInSession({ verb: 'resize', path, sizeBytes, ...header }, { secret, ...progress });
}

/**
 * Converts a locked container between LUKS1 and LUKS2; its header of before is kept beside it.
 *
 * @throws UnsupportedError `conversion-impossible`; StateError `already-converted`
 */
export function convertContainer(
  path: string,
  to: ContainerFormat,
  progress: Progress = {},
): Promise<ConversionFacts> {
  return runInSession({ verb: 'convert', path, to }, progress);
}
