import { statSync } from 'node:fs';
import type { WireError } from '../../shared/errors/vault-error.ts';
import type { BackendPreference } from '../../shared/model/backend.ts';
import type { EnginePreference } from '../../shared/model/engine.ts';
import type { VaultSnapshot, VaultState } from '../../shared/model/vault.ts';
import type { SessionStatus } from '../session/control-protocol.ts';
import type { SessionDescription } from '../session/session-description.ts';
import type { VaultRecord } from '../store/vault-repository.ts';

/** What is known of a vault besides its record. */
export type VaultFacts = Readonly<{
  preference: EnginePreference;
  backendPreference: BackendPreference;
  session: SessionDescription | undefined;
  status: SessionStatus | undefined;
  /** `null`: as the session says. */
  transition: 'unlocking' | 'locking' | null;
  hasCrashed: boolean;
  lastError: WireError | null;
}>;

/** Returns the vault as people see it. */
export function toVaultSnapshot(record: VaultRecord, facts: VaultFacts): VaultSnapshot {
  const { session, status } = facts;
  const containerBytes = statSync(record.path, { throwIfNoEntry: false })?.size ?? null;
  return {
    id: record.id,
    name: record.name,
    path: record.path,
    uuid: record.uuid,
    label: record.label,
    state: stateOf(facts, containerBytes !== null),
    mountPoint: session?.mountPoint ?? null,
    isReadOnly: session?.isReadOnly ?? false,
    containerBytes,
    usage: status?.usage ?? null,
    filesystem: session?.filesystem ?? null,
    backend: session?.backend ?? null,
    backendNotes: session?.backendNotes ?? [],
    kernel: session?.kernel ?? null,
    backendPreference: facts.backendPreference,
    engine: session?.engine ?? null,
    engineEvents: status?.engineEvents ?? null,
    preference: facts.preference,
    traffic:
      session === undefined || status === undefined
        ? null
        : {
            readBytes: status.traffic.readBytes,
            writtenBytes: status.traffic.writtenBytes,
            sinceMs: session.startedMs,
          },
    statistics: status?.statistics ?? null,
    lastUsedMs: record.lastUsedMs,
    lastError: facts.lastError,
  };
}

function stateOf(facts: VaultFacts, exists: boolean): VaultState {
  if (facts.transition !== null) return facts.transition;
  if (facts.session !== undefined) return 'mounted';
  if (!exists) return 'missing';
  return facts.hasCrashed ? 'crashed' : 'locked';
}

/** Finds the session of a record: by path, else by the file that the path names. */
export function sessionOf(
  record: VaultRecord,
  sessions: readonly SessionDescription[],
): SessionDescription | undefined {
  const byPath = sessions.find((session) => session.path === record.path);
  if (byPath !== undefined) return byPath;
  const stat = statSync(record.path, { bigint: true, throwIfNoEntry: false });
  return sessions.find(
    (session) => session.device === String(stat?.dev) && session.inode === String(stat?.ino),
  );
}
