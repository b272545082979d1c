import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BackendChoice } from '../../../shared/model/backend.ts';
import type { MountedSession } from '../../services/vault-operations.ts';
import { isMounted, lockSession, mountVault } from '../../services/vault-operations.ts';
import { openVaults, warnUnlisted } from '../known-vaults.ts';
import { printError, printResult } from '../output.ts';
import { parseDriver, parseFlags } from '../parse-flags.ts';
import { type MemoryOptions, parseMemory } from '../parse-memory.ts';
import { obtainPassphrase, type PassphraseOptions } from '../passphrase-source.ts';
import { ProgressLine } from '../progress-line.ts';
import { realContainerPath } from '../real-path.ts';
import {
  type UnlockOptions,
  unlockChoice,
  warnOfHeaderChanges,
  withCostAccepted,
} from '../unlock-options.ts';
import { withInterrupt } from '../with-interrupt.ts';

type Options = PassphraseOptions &
  UnlockOptions &
  MemoryOptions &
  Readonly<{
    readOnly?: boolean;
    foreground?: boolean;
    backend?: BackendChoice;
    flags?: string;
    driver?: string;
    discard?: boolean;
    pin?: boolean;
    json?: boolean;
  }>;

const LOOK_MS = 200;
const OWN_FILESYSTEMS: readonly string[] = ['vfat', 'ext2', 'ext3', 'ext4'];

/** `lockline mount`: unlocks, mounts and returns when the folder is usable. */
export async function mount(
  file: string,
  directory: string | undefined,
  options: Options,
): Promise<void> {
  const path = realContainerPath(file);
  const session = await mountContainer(path, directory, options);
  printResult(
    options.json,
    {
      path,
      mountPoint: session.mountPoint,
      uuid: session.uuid,
      filesystem: session.filesystem,
      isReadOnly: session.isReadOnly,
      filesystemNotes: session.filesystemNotes ?? [],
      backend: session.backend,
      backendNotes: session.backendNotes ?? [],
      kernel: session.kernel ?? null,
      engine: session.engine,
      memory: session.memory ?? null,
      processId: session.processId,
    },
    describe(session),
  );
  if (options.foreground === true) await stay(session);
}

async function mountContainer(
  path: string,
  directory: string | undefined,
  options: Options,
): Promise<MountedSession> {
  const { backend } = options;
  const flags = options.flags === undefined ? undefined : parseFlags(options.flags, '--flags');
  const driver = parseDriver(options.driver);
  const memory = parseMemory(options);
  const choice = unlockChoice(options);
  using known = openVaults();
  warnOfHeaderChanges(known.vaults, path, choice.headerPath);
  using passphrase = await obtainPassphrase(options, 'existing');
  using progress = new ProgressLine();
  const request = {
    path,
    mountPoint: directory === undefined ? null : resolve(directory),
    isReadOnly: options.readOnly === true,
    ...{ backend, flags, driver, discardsFreed: options.discard, memory },
  };
  const session = await withInterrupt((signal) =>
    withCostAccepted(choice, (accepted) =>
      mountVault(known.vaults, { ...request, ...accepted }, passphrase, {
        onPhase: progress.onPhase,
        signal,
        onUnlisted: warnUnlisted,
      }),
    ),
  );
  if (options.pin === true) {
    known.vaults.preferBackend(path, { backend, flags, driver });
    const id = known.vaults.findByPath(path)?.id;
    if (id !== undefined) known.vaults.change(id, { discardsFreed: options.discard, ...memory });
  }
  return session;
}

function describe(session: MountedSession): string {
  const notes = [...(session.backendNotes ?? []), ...(session.filesystemNotes ?? [])];
  if (session.kernel !== undefined) {
    const { flags } = session.kernel;
    const served = `Served by dm-crypt (${session.backend}), ${flags.join(', ') || 'no flags'}`;
    return [session.mountPoint, served, ...session.engine.notes, ...notes].join('\n');
  }
  if (OWN_FILESYSTEMS.includes(session.filesystem))
    return [session.mountPoint, ...notes].join('\n');
  return `${session.mountPoint}\nThe filesystem (${session.filesystem}) is not one of ours: the folder holds the raw volume`;
}

/** Stays until the vault is locked from wherever; Ctrl-C locks it. */
async function stay(session: MountedSession): Promise<void> {
  const lock = () => {
    lockSession(session, false).catch((error: unknown) => printError(error, false));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, lock);
  while (isMounted(session)) await sleep(LOOK_MS);
}
