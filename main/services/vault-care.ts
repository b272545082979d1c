import type { KdfChoice } from '../../shared/model/create-options.ts';
import type { FilesystemReport } from '../../shared/model/filesystem-check.ts';
import type {
  BackupFacts,
  ContainerFormat,
  ConversionFacts,
  HealthReport,
  RepairReport,
  RestorePreview,
} from '../../shared/model/header-care.ts';
import type { JobKind } from '../../shared/model/job.ts';
import type { KeyInfo, KeyKind, KeyListing } from '../../shared/model/keys.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { writeNewFile } from '../session/header-files.ts';
import { checkFilesystem } from './check-filesystem.ts';
import { headerMark } from './header-mark.ts';
import type { BackupNotes, VaultPlace } from './header-operations.ts';
import * as headers from './header-operations.ts';
import type { JobWork } from './job-board.ts';
import * as keys from './key-operations.ts';

/** What opens the vault now and the new key. Owned by the callee, which wipes both. */
export type OwnedKeyPair = Readonly<{ existing: SecretBytes; added: SecretBytes }>;

/**
 * Looking after keys and headers of known vaults. Jobs return their id at once, as in `Services`;
 * every `SecretBytes` is **owned** by the callee.
 */
export interface VaultCare {
  /** Lists the keys, with whether a header backup is due. Takes some hundred milliseconds. */
  listKeys(vaultId: string): Promise<KeyListing>;
  addKey(
    vaultId: string,
    pair: OwnedKeyPair,
    options: Readonly<{ kdf: KdfChoice; kind: KeyKind; name: string }>,
  ): string;
  changeKey(
    vaultId: string,
    pair: OwnedKeyPair,
    options: Readonly<{ kdf: KdfChoice; kind: KeyKind; keyslotId: number }>,
  ): string;
  /** Tells which keyslot opens; `keyslotId`: only this one. */
  testKey(
    vaultId: string,
    secret: SecretBytes,
    keyslotId: number | null,
  ): Promise<Readonly<{ keyslotId: number }>>;
  /** `secret` opens another keyslot; `mayBeLast`: the words of confirmation were typed. */
  removeKey(
    vaultId: string,
    secret: SecretBytes,
    options: Readonly<{ keyslotId: number; mayBeLast: boolean }>,
  ): string;
  describeKey(
    vaultId: string,
    keyslotId: number,
    changes: Readonly<{ name: string | null; priority: KeyInfo['priority'] | null }>,
  ): Promise<void>;
  eraseKeys(vaultId: string): Promise<void>;
  /** Saves recovery words in a new file of mode 0600. */
  saveRecoveryKey(target: string, words: SecretBytes): void;
  backUpHeader(vaultId: string, target: string): Promise<BackupFacts>;
  compareBackup(vaultId: string, source: string): Promise<RestorePreview>;
  restoreBackup(
    vaultId: string,
    source: string,
  ): Promise<RestorePreview & Readonly<{ keptPath: string }>>;
  check(vaultId: string): Promise<HealthReport>;
  repair(vaultId: string): Promise<RepairReport>;
  /** Reads the whole filesystem of a locked vault. */
  checkFilesystem(vaultId: string, secret: SecretBytes): Promise<FilesystemReport>;
  /** The vault must be locked. */
  convert(vaultId: string, to: ContainerFormat): Promise<ConversionFacts>;
  resize(vaultId: string, sizeBytes: number, secret: SecretBytes): string;
}

type CareContext = BackupNotes &
  Readonly<{
    /** @throws StateError `vault-unknown` */
    placeOf: (vaultId: string) => VaultPlace;
    /** Starts a job that owns the secrets. */
    startJob: (
      kind: JobKind,
      vaultId: string,
      secrets: readonly SecretBytes[],
      work: JobWork,
    ) => string;
  }>;

/** Returns the care of the vaults on a list. */
export function createVaultCare(context: CareContext): VaultCare {
  const { placeOf, startJob } = context;
  const headerOf = (vaultId: string) => {
    const { path, headerPath } = placeOf(vaultId);
    return headerPath ?? path;
  };
  return {
    async listKeys(vaultId) {
      const path = headerOf(vaultId);
      const listed = await keys.listKeys(path);
      const backup = context.backups.find(vaultId);
      const isDue = backup === undefined || backup.seqid !== headerMark(path);
      return { ...listed, backup: { isDue, madeMs: backup?.madeMs ?? null } };
    },
    addKey: (vaultId, pair, options) =>
      startJob('key', vaultId, [pair.existing, pair.added], async (progress) => {
        await keys.addKey(headerOf(vaultId), pair, options, progress);
      }),
    changeKey: (vaultId, pair, options) =>
      startJob('key', vaultId, [pair.existing, pair.added], async (progress) => {
        await keys.changeKey(headerOf(vaultId), pair, options, progress);
      }),
    async testKey(vaultId, secret, keyslotId) {
      using owned = secret;
      return await keys.testKey(headerOf(vaultId), owned, keyslotId);
    },
    removeKey: (vaultId, secret, options) =>
      startJob('key', vaultId, [secret], async (progress) => {
        await keys.killKey(headerOf(vaultId), secret, options, progress);
      }),
    async describeKey(vaultId, keyslotId, { name, priority }) {
      const path = headerOf(vaultId);
      if (name !== null) await keys.nameKey(path, keyslotId, name);
      if (priority !== null) await keys.prioritiseKey(path, keyslotId, priority);
    },
    async eraseKeys(vaultId) {
      await keys.eraseKeys(headerOf(vaultId));
    },
    saveRecoveryKey(target, words) {
      using owned = words;
      writeNewFile(target, owned.bytes);
    },
    backUpHeader: (vaultId, target) =>
      headers.backUpHeader(headerOf(vaultId), target, { ...context, vaultId }),
    compareBackup: (vaultId, source) => headers.compareHeaderBackup(headerOf(vaultId), source),
    restoreBackup: (vaultId, source) => headers.restoreHeaderBackup(headerOf(vaultId), source),
    check: (vaultId) => headers.checkContainer(headerOf(vaultId)),
    repair: (vaultId) => headers.repairContainer(headerOf(vaultId)),
    async checkFilesystem(vaultId, secret) {
      using owned = secret;
      const { path, headerPath } = placeOf(vaultId);
      const container = headerPath === null ? { path } : { path, headerPath };
      return await checkFilesystem(context.vaults, container, owned);
    },
    convert: (vaultId, to) => headers.convertContainer(headerOf(vaultId), to),
    resize: (vaultId, sizeBytes, secret) =>
      startJob('resize', vaultId, [secret], async (progress) => {
        await headers.resizeVault(placeOf(vaultId), sizeBytes, secret, progress);
      }),
  };
}
