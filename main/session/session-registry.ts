import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StateError } from '../../shared/errors/vault-error.ts';
import { toDeviceError } from '../system/device-errors.ts';
import { processStart } from '../system/process-start.ts';
import { makeRuntimeFolder } from '../system/runtime-folder.ts';
import { type SessionDescription, sessionDescriptionSchema } from './session-description.ts';

/**
 * Which vaults of this user are mounted: one description a session in the runtime folder, written
 * by the vault process when its folder is usable and removed when it is locked.
 */

const SUFFIX = '.json';

function descriptionPath(sessionId: string): string {
  return join(makeRuntimeFolder('sessions'), `${sessionId}${SUFFIX}`);
}

/** Path of a session's control socket: short enough for a socket address. */
export function controlSocketPath(sessionId: string): string {
  return join(makeRuntimeFolder('sessions'), `${sessionId}.sock`);
}

/** Publishes a session; readers see all of it or nothing. @throws DeviceError `no-space`, `read-only` */
export function writeSession(session: SessionDescription): void {
  const path = descriptionPath(session.sessionId);
  try {
    writeFileSync(`${path}.new`, JSON.stringify(session), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch (error) {
    throw toDeviceError(error, 'publish', 0);
  }
}

/**
 * To be called after {@link writeSession}: of two readers that open a container at once, neither of
 * which the other's lock keeps out, at least one sees the other and gives way. Else the one would
 * stay open behind the back of who locks the other.
 *
 * @throws StateError `already-unlocked`
 */
export function assertAlone({ sessionId, device, inode, path }: SessionDescription): void {
  const isAnother = (other: SessionDescription) =>
    other.sessionId !== sessionId && other.device === device && other.inode === inode;
  if (readSessions().some((other) => isAnother(other) && isAlive(other)))
    throw new StateError('already-unlocked', { path });
}

/** Removes what a session left in the runtime folder. */
export function removeSession(sessionId: string): void {
  rmSync(descriptionPath(sessionId), { force: true });
  rmSync(`${descriptionPath(sessionId)}.new`, { force: true });
  rmSync(controlSocketPath(sessionId), { force: true });
}

/** Returns every published session, living or dead. A file that is none of ours is passed over. */
export function readSessions(): readonly SessionDescription[] {
  const folder = makeRuntimeFolder('sessions');
  const sessions: SessionDescription[] = [];
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(SUFFIX)) continue;
    const session = readSession(join(folder, name));
    if (session !== undefined) sessions.push(session);
  }
  return sessions.sort((a, b) => a.startedMs - b.startedMs);
}

function readSession(path: string): SessionDescription | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    // Locked between the listing and the reading.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return sessionDescriptionSchema.safeParse(parseJson(text)).data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Tells whether the vault process of a session still runs; one that is in doubt counts as alive. */
export function isAlive(session: SessionDescription): boolean {
  const start = processStart(session.processId);
  return start === session.processStart || start === '';
}
