/**
 * The contract between window and main: each channel's input schema and output type. Preload,
 * client and handlers derive their types from here, so a channel without a handler does not
 * compile.
 *
 * Inputs are strict and bounded. Secrets travel as bytes, never as strings; paths travel as grants
 * that main gave out.
 */
import { z } from 'zod';
import type { AppSnapshot } from '../model/app.ts';
import { BACKEND_CHOICES, backendChangesSchema, type KernelMount } from '../model/backend.ts';
import { benchmarkRequestSchema, type KeptReport, type MachineFacts } from '../model/benchmark.ts';
import type { ContainerInfo } from '../model/container-info.ts';
import { createOptionsSchema, kdfChoiceSchema } from '../model/create-options.ts';
import { type EngineSnapshot, engineChangesSchema } from '../model/engine.ts';
import type { FilesystemReport } from '../model/filesystem-check.ts';
import {
  type BackupFacts,
  CONTAINER_FORMATS,
  type ConversionFacts,
  type HealthReport,
  type RepairReport,
  type RestorePreview,
} from '../model/header-care.ts';
import type { HeaderChange } from '../model/header-pin.ts';
import { type HostCapabilities, PATH_PURPOSES, type PathGrant } from '../model/host.ts';
import type { KdfEstimate } from '../model/kdf-estimate.ts';
import type { KernelAdvice } from '../model/kernel-advice.ts';
import {
  KEY_KINDS,
  type KeyListing,
  keyNameSchema,
  keyslotIdSchema,
  keyslotPrioritySchema,
} from '../model/keys.ts';
import type { Licence } from '../model/licence.ts';
import type { LogEntry } from '../model/log-entry.ts';
import type { PlaceInfo } from '../model/place.ts';
import { settingsChangesSchema } from '../model/settings.ts';
import type { HistoryPoint } from '../model/statistics.ts';
import { vaultChangesSchema } from '../model/vault-options.ts';
import { MIB, TIB } from '../units.ts';
import type { Channel } from './channels.ts';

/** Carries an output type; there is no value behind it. */
type OutputOf<T> = Readonly<{ output?: T }>;

type ChannelEntry = Readonly<{ input: z.ZodType }> & OutputOf<unknown>;

function channel<I extends z.ZodType>(input: I): <O>() => Readonly<{ input: I }> & OutputOf<O> {
  return () => ({ input });
}

/** Longest secret that a message may carry. The rule of 512 bytes is the handler's, with its code. */
const MESSAGE_SECRET_BYTES = 4096;
const MAXIMUM_PATH_LENGTH = 4096;

const nothing = z.strictObject({});
const id = z.string().min(1).max(64);
const grantId = z.string().min(1).max(64);
const secret = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('passphrase'),
    bytes: z.instanceof(Uint8Array).refine((bytes) => bytes.length <= MESSAGE_SECRET_BYTES),
  }),
  z.strictObject({ kind: z.literal('keyfile'), grantId }),
]);

/** How a vault is opened: by passphrase bytes, or by a keyfile that main granted. */
export type SecretInput = z.infer<typeof secret>;

/** At an unlock also by the passphrase that the system's keychain keeps. */
const unlockSecret = z.union([secret, z.strictObject({ kind: z.literal('stored') })]);
export type UnlockSecretInput = z.infer<typeof unlockSecret>;

export const CONTRACT = {
  'app.snapshot': channel(nothing)<AppSnapshot>(),
  /** The last events of this run, paths replaced. */
  'app.log': channel(nothing)<readonly LogEntry[]>(),
  /** Writes a bundle for a fault report, without names or paths of vaults. */
  'app.diagnostics': channel(nothing)<Readonly<{ path: string }>>(),
  /** Everything that is shipped with Lockline, and under which licence. */
  'app.licences': channel(nothing)<readonly Licence[]>(),
  'host.capabilities': channel(nothing)<HostCapabilities>(),
  /** Asks with the system's dialog; null where the person cancelled. */
  'path.choose': channel(
    z.strictObject({ purpose: z.enum(PATH_PURPOSES), suggestedName: z.string().max(255) }),
  )<PathGrant | null>(),
  /** Grants a typed path. Only where the host has no dialogs of its own. */
  'path.grant': channel(
    z.strictObject({
      purpose: z.enum(PATH_PURPOSES),
      path: z.string().min(1).max(MAXIMUM_PATH_LENGTH),
    }),
  )<PathGrant>(),
  'path.place': channel(z.strictObject({ grantId }))<PlaceInfo>(),
  /** Grants adding a file that was dropped on the window; sent by the preload script alone. */
  'path.dropped': channel(
    z.strictObject({ path: z.string().min(1).max(MAXIMUM_PATH_LENGTH) }),
  )<PathGrant>(),
  /**
   * Looks for a file that was dropped on a browser's page, which does not tell its folder: where
   * vaults lie and in the usual folders. Null where it is in none of them.
   */
  'path.find': channel(
    z.strictObject({
      name: z.string().min(1).max(255),
      sizeBytes: z.int().min(0),
      modifiedMs: z.number(),
    }),
  )<PathGrant | null>(),
  'vault.create': channel(
    z.strictObject({
      grantId,
      options: createOptionsSchema,
      secret,
      /** Unlocks and mounts the new vault, as a job of its own. */
      isMounted: z.boolean(),
    }),
  )<{ jobId: string }>(),
  'vault.add': channel(z.strictObject({ grantId }))<{ vaultId: string }>(),
  'vault.mount': channel(
    z.strictObject({
      vaultId: id,
      secret: unlockSecret,
      /** Null: a folder of Lockline's own under the user's runtime directory. */
      mountPointGrantId: grantId.nullable(),
      isReadOnly: z.boolean(),
      /** Null: as this vault or the settings have it. */
      backend: z.enum(BACKEND_CHOICES).nullable(),
      /** Keeps a passphrase that opened the vault in the system's keychain. */
      isRemembered: z.boolean(),
      /** Whether the person has accepted how long the key derivation takes. */
      isCostAccepted: z.boolean().optional(),
    }),
  )<{ jobId: string }>(),
  'vault.lock': channel(z.strictObject({ vaultId: id, isForced: z.boolean() }))<{
    jobId: string;
  }>(),
  /** To delete the file as well, its name must be given: the second confirmation. */
  'vault.remove': channel(
    z.strictObject({ vaultId: id, deleteFileNamed: z.string().max(255).nullable() }),
  )<null>(),
  /** Name, favourite, policies. */
  'vault.update': channel(z.strictObject({ vaultId: id, changes: vaultChangesSchema }))<null>(),
  /** Removes a passphrase from the keychain; null: those of all vaults. */
  'vault.forget-passphrase': channel(z.strictObject({ vaultId: id.nullable() }))<null>(),
  'vault.inspect': channel(z.strictObject({ vaultId: id }))<ContainerInfo>(),
  /** What of the header is not as it was when the vault was last unlocked; for before the secret. */
  'vault.header-changes': channel(z.strictObject({ vaultId: id }))<readonly HeaderChange[]>(),
  /** Answers with the engine in force; null while the vault is locked: counts from the next unlock. */
  'vault.tune': channel(
    z.strictObject({ vaultId: id, changes: engineChangesSchema }),
  )<EngineSnapshot | null>(),
  /** How a vault is mounted; flags of one that dm-crypt serves change at once, and are answered. */
  'vault.set-backend': channel(
    z.strictObject({ vaultId: id, changes: backendChangesSchema }),
  )<KernelMount | null>(),
  'vault.advise-flags': channel(z.strictObject({ vaultId: id }))<KernelAdvice>(),
  /** What main has kept of a vault's work since a time, milliseconds since 1970. */
  'vault.history': channel(z.strictObject({ vaultId: id, sinceMs: z.int().min(0) }))<
    readonly HistoryPoint[]
  >(),
  'vault.open-folder': channel(z.strictObject({ vaultId: id }))<null>(),
  /** Null for a vault means the storage of Lockline's own data. */
  'benchmark.machine': channel(z.strictObject({ vaultId: id.nullable() }))<MachineFacts>(),
  'benchmark.run': channel(
    z.strictObject({ vaultId: id.nullable(), request: benchmarkRequestSchema }),
  )<{ jobId: string }>(),
  'benchmark.list': channel(nothing)<readonly KeptReport[]>(),
  'benchmark.remove': channel(z.strictObject({ id: z.int().min(1) }))<null>(),
  /** Grows a locked vault and its filesystem. */
  /** Checks the filesystem in a locked vault by our own reading. Takes seconds. */
  'vault.fsck': channel(z.strictObject({ vaultId: id, secret }))<FilesystemReport>(),
  'vault.resize': channel(
    z.strictObject({
      vaultId: id,
      sizeBytes: z
        .int()
        .min(MIB)
        .max(64 * TIB)
        .multipleOf(4096),
      secret,
    }),
  )<{ jobId: string }>(),
  'key.list': channel(z.strictObject({ vaultId: id }))<KeyListing>(),
  'key.add': channel(
    z.strictObject({
      vaultId: id,
      existing: secret,
      added: secret,
      kind: z.enum(KEY_KINDS),
      name: keyNameSchema,
      kdf: kdfChoiceSchema,
    }),
  )<{ jobId: string }>(),
  'key.change': channel(
    z.strictObject({
      vaultId: id,
      keyslotId: keyslotIdSchema,
      existing: secret,
      added: secret,
      kind: z.enum(KEY_KINDS),
      kdf: kdfChoiceSchema,
    }),
  )<{ jobId: string }>(),
  'key.test': channel(
    z.strictObject({ vaultId: id, keyslotId: keyslotIdSchema.nullable(), secret }),
  )<{ keyslotId: number }>(),
  /** Asks for a key that opens another keyslot; for the last one the words are asked for instead. */
  'key.remove': channel(
    z.strictObject({
      vaultId: id,
      keyslotId: keyslotIdSchema,
      secret: secret.nullable(),
      confirmation: z.string().max(100).nullable(),
    }),
  )<{ jobId: string }>(),
  /** What is null stays as it is. */
  'key.describe': channel(
    z.strictObject({
      vaultId: id,
      keyslotId: keyslotIdSchema,
      name: keyNameSchema.nullable(),
      priority: keyslotPrioritySchema.nullable(),
    }),
  )<null>(),
  'key.erase': channel(z.strictObject({ vaultId: id, confirmation: z.string().max(100) }))<null>(),
  /** Saves the words of a recovery key in a new file. */
  'recovery.save': channel(
    z.strictObject({
      grantId,
      words: z.instanceof(Uint8Array).refine((bytes) => bytes.length <= MESSAGE_SECRET_BYTES),
    }),
  )<null>(),
  'header.backup': channel(z.strictObject({ vaultId: id, grantId }))<BackupFacts>(),
  'header.compare': channel(z.strictObject({ vaultId: id, grantId }))<RestorePreview>(),
  'header.restore': channel(z.strictObject({ vaultId: id, grantId }))<
    RestorePreview & Readonly<{ keptPath: string }>
  >(),
  'header.check': channel(z.strictObject({ vaultId: id }))<HealthReport>(),
  'header.repair': channel(z.strictObject({ vaultId: id }))<RepairReport>(),
  'header.convert': channel(
    z.strictObject({ vaultId: id, to: z.enum(CONTAINER_FORMATS) }),
  )<ConversionFacts>(),
  'job.cancel': channel(z.strictObject({ jobId: id }))<null>(),
  'job.dismiss': channel(z.strictObject({ jobId: id }))<null>(),
  /** Forgets every ended job. */
  'job.clear': channel(nothing)<null>(),
  'kdf.estimate': channel(z.strictObject({ choice: kdfChoiceSchema }))<KdfEstimate>(),
  'settings.update': channel(z.strictObject({ changes: settingsChangesSchema }))<null>(),
  'settings.reset': channel(nothing)<null>(),
} as const satisfies Readonly<Record<Channel, ChannelEntry>>;

export type Input<C extends Channel> = z.infer<(typeof CONTRACT)[C]['input']>;
export type Output<C extends Channel> =
  (typeof CONTRACT)[C] extends OutputOf<infer T> ? NonNullableOutput<T> : never;
/** An optional property adds `undefined`; no output is ever that. */
type NonNullableOutput<T> = Exclude<T, undefined>;

/** What main sends on its own account: event name to payload. */
export type Events = Readonly<{ snapshot: AppSnapshot }>;
