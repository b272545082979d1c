import type { VaultSnapshot } from '../../shared/model/vault.ts';
import { callSession } from '../session/control-client.ts';
import type { SessionStatus } from '../session/control-protocol.ts';
import type { SessionDescription } from '../session/session-description.ts';
import type { VaultRepository } from '../store/vault-repository.ts';
import { readContainerStat } from './container-stats.ts';
import { clearLeftovers, livingSessions } from './open-sessions.ts';
import { sessionOf, toVaultSnapshot } from './vault-snapshots.ts';

const STATUS_TIMEOUT_MS = 2_000;

/** Returns the status of a session, or `undefined` where it does not answer in time. */
export async function readStatus(session: SessionDescription): Promise<SessionStatus | undefined> {
  return callSession(session, { verb: 'status' }, STATUS_TIMEOUT_MS).catch(() => undefined);
}

/**
 * Returns known and mounted vaults. What died since the last look is cleared first; a mounted
 * vault that is on no list (another data folder mounted it) is put on it.
 */
export async function listVaults(vaults: VaultRepository): Promise<readonly VaultSnapshot[]> {
  const dead = await clearLeftovers();
  const sessions = livingSessions();
  const records = vaults.list();
  for (const session of sessions) {
    if (!records.some((record) => sessionOf(record, [session]) !== undefined)) {
      vaults.remember(session.path, { uuid: session.uuid, label: session.label });
    }
  }
  return Promise.all(
    vaults.list().map(async (record) => {
      const session = sessionOf(record, sessions);
      return toVaultSnapshot(record, {
        container: await readContainerStat(record.path),
        session,
        status: session === undefined ? undefined : await readStatus(session),
        transition: null,
        hasCrashed: sessionOf(record, dead) !== undefined,
        lastError: null,
        hasStoredPassphrase: false,
        locksAtMs: null,
      });
    }),
  );
}
