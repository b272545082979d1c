import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type NbdOptions, serveVaultOverNbd } from '../../services/nbd-operations.ts';
import { isMounted, lockSession, type MountedSession } from '../../services/vault-operations.ts';
import { openVaults, warnUnlisted } from '../known-vaults.ts';
import { printError, printResult } from '../output.ts';
import { obtainPassphrase, type PassphraseOptions } from '../passphrase-source.ts';
import { ProgressLine } from '../progress-line.ts';
import { realContainerPath } from '../real-path.ts';
import {
  type UnlockOptions,
  unlockChoice,
  warnOfHeaderChanges,
  withCostAccepted,
} from '../unlock-options.ts';
import { badArgument, badOption } from '../usage-error.ts';
import { withInterrupt } from '../with-interrupt.ts';

type Options = PassphraseOptions &
  UnlockOptions &
  Readonly<{
    socket?: string;
    port?: string;
    readOnly?: boolean;
    discard: boolean;
    foreground?: boolean;
    json?: boolean;
  }>;

const LOOK_MS = 200;
const HIGHEST_PORT = 65_535;

/** `lockline nbd`: unlocks, serves the volume's blocks and returns when clients can connect. */
export async function nbd(file: string, options: Options): Promise<void> {
  const endpoint = parseEndpoint(options);
  const path = realContainerPath(file);
  const session = await serve(
    { path, endpoint, isReadOnly: options.readOnly === true, canTrim: options.discard },
    options,
  );
  printResult(
    options.json,
    {
      path,
      uri: session.mountPoint,
      uuid: session.uuid,
      filesystem: session.filesystem,
      isReadOnly: session.isReadOnly,
      backend: session.backend,
      engine: session.engine,
      processId: session.processId,
    },
    session.mountPoint,
  );
  if (options.foreground === true) await stay(session);
}

function parseEndpoint({ socket, port }: Options): NbdOptions['endpoint'] {
  if ((socket === undefined) === (port === undefined)) {
    throw badArgument('--socket or --port', 'one of the two');
  }
  if (socket !== undefined) return { kind: 'unix', path: resolve(socket) };
  const number = Number(port);
  if (!/^\d+$/.test(port ?? '') || number < 1 || number > HIGHEST_PORT) {
    throw badOption('--port', `1 to ${HIGHEST_PORT}`);
  }
  return { kind: 'tcp', port: number };
}

async function serve(request: NbdOptions, options: Options): Promise<MountedSession> {
  const choice = unlockChoice(options);
  using known = openVaults();
  warnOfHeaderChanges(known.vaults, request.path, choice.headerPath);
  using passphrase = await obtainPassphrase(options, 'existing');
  using progress = new ProgressLine();
  return await withInterrupt((signal) =>
    withCostAccepted(choice, (accepted) =>
      serveVaultOverNbd(known.vaults, { ...request, ...accepted }, passphrase, {
        onPhase: progress.onPhase,
        signal,
        onUnlisted: warnUnlisted,
      }),
    ),
  );
}

/** Stays until the vault is locked from wherever; Ctrl-C locks it, and hangs up on clients. */
async function stay(session: MountedSession): Promise<void> {
  const lock = () => {
    lockSession(session, true).catch((error: unknown) => printError(error, false));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, lock);
  while (isMounted(session)) await sleep(LOOK_MS);
}
