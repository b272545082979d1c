import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { StateError } from '../../shared/errors/vault-error.ts';
import type { BackendChoice } from '../../shared/model/backend.ts';
import type { CreateOptions } from '../../shared/model/create-options.ts';
import type { KernelFlagName } from '../../shared/model/dmcrypt.ts';
import { pinOf } from '../../shared/model/header-pin.ts';
import type { VolumeMemory } from '../../shared/model/volume-memory.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { callSession } from '../session/control-client.ts';
import type { SessionStatus } from '../session/control-protocol.ts';
import { removeStalePartials } from '../session/partial-files.ts';
import type { SessionDescription } from '../session/session-description.ts';
import type { OnPhase } from '../session/session-events.ts';
import { isAlive } from '../session/session-registry.ts';
import { runInSession } from '../session/spawn-session.ts';
import { waitForEnd } from '../session/wait-for-end.ts';
import type { VaultRepository } from '../store/vault-repository.ts';
import { backendLadder, climb } from './backend-ladder.ts';
import { pinSession } from './header-pins.ts';
import { inspectContainer } from './inspect-container.ts';
import { clearLeftovers, findSessionOfContainer } from './open-sessions.ts';

/** How a long operation reports and is cancelled. */
export type Progress = Readonly<{
  onPhase?: OnPhase;
  signal?: AbortSignal;
  /** Told where the work is done and only the list of known vaults could not be written. */
  onUnlisted?: () => void;
}>;

const QUESTION_TIMEOUT_MS = 310_000;

/** What to create. Both paths are absolute; a header of its own is detached. */
export type VaultCreation = Readonly<{
  path: string;
  options: CreateOptions;
  headerPath?: string | undefined;
}>;

/** What an unlock may be told besides the passphrase. */
export type UnlockChoice = Readonly<{
  /** Absolute path of a detached header; by default the one that the vault is known to have. */
  headerPath?: string | undefined;
  /** Whether a person has accepted how long the key derivation takes. */
  isCostAccepted?: boolean | undefined;
}>;

/** Returns the parts of a session's request that say how to unlock. */
export function unlockFields(
  vaults: VaultRepository,
  path: string,
  { headerPath, isCostAccepted = false }: UnlockChoice,
): Readonly<{ headerPath?: string; isCostAccepted?: boolean }> {
  const header = headerPath ?? vaults.findByPath(path)?.headerPath ?? null;
  return { ...(header === null ? {} : { headerPath: header }), isCostAccepted };
}

/**
 * Creates a vault in a process of its own and puts it on the list.
 *
 * @param passphrase - Borrowed.
 * @returns The vault's id (`null` where it could not be listed) and the container's UUID.
 */
export async function createVault(
  vaults: VaultRepository,
  { path, options, headerPath }: VaultCreation,
  passphrase: SecretBytes,
  progress: Progress = {},
): Promise<{ vaultId: string | null; uuid: string; containerBytes: number }> {
  try {
    const detached = headerPath === undefined ? {} : { headerPath };
    const request = { verb: 'create', path, options, ...detached } as const;
    const made = await runInSession(request, { secret: passphrase, ...progress });
    // By its real path, under which a mount looks for it: one vault is one entry.
    const listed = { uuid: made.uuid, label: options.label };
    const vaultId = tryToList(() => {
      const real = realpathSync(path);
      const id = vaults.remember(real, listed);
      vaults.pinHeader(real, pinOf(inspectContainer(real, headerPath)), headerPath ?? null);
      return id;
    }, progress);
    return { vaultId, ...made };
  } catch (error) {
    // The process was ended in the middle: its partial file is nobody's.
    if (error instanceof StateError) removeStalePartials(dirname(path));
    throw error;
  }
}

/** What to mount and how; what is not named is as the vault's preference or the settings say. */
export type VaultMountRequest = UnlockChoice &
  Readonly<{
    /** Absolute path of the container. */
    path: string;
    mountPoint: string | null;
    isReadOnly: boolean;
    backend?: BackendChoice | undefined;
    /** For the kernel, in place of the header's. */
    flags?: readonly KernelFlagName[] | undefined;
    driver?: string | undefined;
    /** Whether the container gets back what becomes free inside. */
    discardsFreed?: boolean | undefined;
    /** What is not named is as the vault's options say. */
    memory?: Partial<VolumeMemory>;
  }>;

/**
 * Unlocks and mounts a vault; its process lives on until the vault is locked.
 *
 * @param passphrase - Borrowed.
 */
export async function mountVault(
  vaults: VaultRepository,
  request: VaultMountRequest,
  passphrase: SecretBytes,
  progress: Progress = {},
): Promise<SessionDescription> {
  await clearLeftovers(undefined, ({ path }) => path === request.path);
  if (findSessionOfContainer(request.path) !== undefined) {
    throw new StateError('already-unlocked', { path: request.path });
  }
  const { path, mountPoint, isReadOnly } = request;
  const preference = vaults.backendPreference(path);
  const flags = request.flags ?? preference.flags;
  const driver = request.driver ?? preference.driver;
  const options = vaults.findByPath(path)?.options;
  const discardsFreed = request.discardsFreed ?? options?.discardsFreed ?? false;
  const ladder = await backendLadder(request.backend ?? preference.backend, mountPoint !== null);
  const unlock = unlockFields(vaults, path, request);
  const session = await climb(ladder, (backend, backendNotes) =>
    runInSession(
      {
        ...{ verb: 'mount', path, ...unlock, mountPoint, isReadOnly, backend, backendNotes },
        discardsFreed,
        memory: {
          cacheBytes: request.memory?.cacheBytes ?? options?.cacheBytes ?? null,
          readAheadBytes: request.memory?.readAheadBytes ?? options?.readAheadBytes ?? null,
        },
        engine: vaults.enginePreference(path),
        ...(flags === null ? {} : { kernelFlags: flags }),
        ...(driver === null ? {} : { kernelDriver: driver }),
      },
      { secret: passphrase, ...progress },
    ),
  );
  noteUse(vaults, session, unlock.headerPath, progress);
  return session;
}

/** Puts a vault that is in use on the list. */
export function noteUse(
  vaults: VaultRepository,
  session: SessionDescription,
  headerPath: string | undefined,
  progress: Progress,
): void {
  const { path, uuid, label } = session;
  tryToList(() => {
    vaults.markUsed(vaults.remember(path, { uuid, label }));
    pinSession(vaults, session, headerPath);
  }, progress);
}

/** The work is done: a list that cannot be written (a full disk, say) must not make it a failure. */
function tryToList<T>(write: () => T, { onUnlisted }: Progress): T | null {
  try {
    return write();
  } catch {
    onUnlisted?.();
    return null;
  }
}

/** Tells which keyslot a passphrase opens. Read-only. @throws CredentialError `passphrase-wrong` */
export async function testPassphrase(
  request: Readonly<{ path: string }> & ReturnType<typeof unlockFields>,
  passphrase: SecretBytes,
  progress: Progress = {},
): Promise<{ keyslotId: number }> {
  inspectContainer(request.path, request.headerPath);
  return runInSession({ verb: 'test', ...request }, { secret: passphrase, ...progress });
}

/**
 * Unmounts a vault and returns when its process, and every key with it, is gone.
 *
 * @throws MountError `unmount-busy`; DeviceError where what was written could not be stored.
 */
export async function lockSession(session: SessionDescription, isForced: boolean): Promise<void> {
  // Where the kernel serves it, somebody may have to type a password first.
  const timeoutMs = session.kernel === undefined ? undefined : QUESTION_TIMEOUT_MS;
  await callSession(session, { verb: 'lock', isForced }, timeoutMs);
  if (!(await waitForEnd(session))) throw new StateError('operation-in-progress', {});
}

/** A mounted vault as commands see it. */
export type MountedSession = SessionDescription;

/** Tells whether the vault of a session is still mounted. */
export function isMounted(session: MountedSession): boolean {
  return isAlive(session);
}

/** What a mounted vault says of itself now. @throws StateError `not-mounted` where it is gone. */
export function readSessionStatus(session: MountedSession): Promise<SessionStatus> {
  return callSession(session, { verb: 'status' });
}
