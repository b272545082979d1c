import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { MountHealth } from '../backend.ts';
import { FUSE_TYPE, type MountEntry, readMounts } from './fuse-mounts.ts';
import { runProgram } from './run-program.ts';

const PROBE_TIMEOUT_MS = 2_000;

/**
 * Returns the path as the kernel's mount table has it. Only the parent is looked at: touching a
 * mount whose process hangs would hang us too.
 */
export async function canonicalMountPoint(mountPoint: string): Promise<string> {
  const absolute = resolve(mountPoint);
  const parent = await realpath(dirname(absolute)).catch(() => dirname(absolute));
  return join(parent, basename(absolute));
}

/** Finds Lockline's mount at a path; the topmost where several are stacked. */
export async function findFuseMount(mountPoint: string): Promise<MountEntry | undefined> {
  const path = await canonicalMountPoint(mountPoint);
  return readMounts().findLast((entry) => entry.mountPoint === path && entry.type === FUSE_TYPE);
}

/** Tells how a FUSE mount at a path is doing; takes 2 seconds at most. */
export async function fuseHealth(mountPoint: string): Promise<MountHealth> {
  const entry = await findFuseMount(mountPoint);
  return entry === undefined ? 'not-mounted' : probeMount(entry.mountPoint);
}

/**
 * Asks a mount for its statistics, which the kernel never answers from a cache. In a process of its
 * own: a call into a mount that hangs can only be ended by a kill.
 */
export async function probeMount(mountPoint: string): Promise<Exclude<MountHealth, 'not-mounted'>> {
  const result = await runProgram('stat', ['-f', '--', mountPoint], PROBE_TIMEOUT_MS);
  if (result.exitCode === 0) return 'serving';
  const isDead = /not connected|Software caused connection abort/.test(result.stderr);
  return isDead ? 'stale' : 'unresponsive';
}
