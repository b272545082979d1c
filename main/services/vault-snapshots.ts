import { statSync } from 'node:fs';
import type { WireError } from '../../shared/errors/vault-error.ts';
import type { VaultSnapshot, VaultState } from '../../shared/model/vault.ts';
import type { SessionStatus } from '../session/control-protocol.ts';
import type { SessionDescription } from '../session/session-description.ts';
import type { VaultRecord } from '../store/vault-repository.ts';
import type { ContainerStat } from './container-stats.ts';

/** What is known of a vault besides its record. */
export type VaultFacts = Readonly<{
  /** `undefined` where nobody has looked yet: not missing, as far as is known. */
  container: ContainerStat | null | undefined;
  session: SessionDescription | undefined;
  status: SessionStatus | undefined;
  /** `null`: as the session says. */
  transition: 'unlocking' | 'locking' | null;
  hasCrashed: boolean;
  lastError: WireError | null;
  hasStoredPassphrase: boolean;
  locksAtMs: number | null;
}>;

/** Returns the vault as people see it. */
export function toVaultSnapshot(record: VaultRecord, facts: VaultFacts): VaultSnapshot {
  const { session, status, container } = facts;
  return {
    id: record.id,
    name: record.name,
    path: record.path,
    uuid: record.uuid,
    label: record.label,
    state: stateOf(facts),
    mountPoint: session?.mountPoint ?? null,
    isReadOnly: session?.isReadOnly ?? false,
    containerBytes: container?.sizeBytes ?? null,
    usage: status?.usage ?? null,
    filesystem: session?.filesystem ?? null,
    filesystemNotes: session?.filesystemNotes ?? [],
    fault: session === undefined ? null : (status?.fault ?? null),
    backend: session?.backend ?? null,
    backendNotes: session?.backendNotes ?? [],
    kernel: session?.kernel ?? null,
    backendPreference: record.backendPreference,
    engine: session?.engine ?? null,
    memory: session?.memory ?? null,
    unlockTimes: session?.unlockTimes ?? null,
    engineEvents: status?.engineEvents ?? null,
    preference: record.preference,
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
    options: record.options,
    hasStoredPassphrase: facts.hasStoredPassphrase,
    locksAtMs: session === undefined ? null : facts.locksAtMs,
  };
}

function stateOf(facts: VaultFacts): VaultState {
  if (facts.transition !== null) return facts.transition;
  if (facts.session !== undefined) return 'mounted';
  if (facts.container === null) return 'missing';
  return facts.hasCrashed ? 'crashed' : 'locked';
}

/** Returns when a vault locks itself, so many minutes after its mount; null where it does not. */
export function locksAtMs(session: SessionDescription, afterMinutes: number | null): number | null {
  return afterMinutes === null ? null : session.startedMs + afterMinutes * 60_000;
}

/**
 * Finds the session of a record: by path, else by the file that the path names.
 *
 * @param container - What is known of that file; without it the file is looked at now.
 */
export function sessionOf(
  record: VaultRecord,
  sessions: readonly SessionDescription[],
  container: ContainerStat | null | undefined = readNow(record.path, sessions),
): SessionDescription | undefined {
  return (
    sessions.find((session) => session.path === record.path) ??
    sessions.find(({ device, inode }) => device === container?.device && inode === container.inode)
  );
}

function readNow(path: string, sessions: readonly SessionDescription[]): ContainerStat | null {
  if (sessions.length === 0 || sessions.some((session) => session.path === path)) return null;
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined
    ? null
    : { sizeBytes: Number(stat.size), device: String(stat.dev), inode: String(stat.ino) };
}
