import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  rmdirSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { MountError } from '../../shared/errors/vault-error.ts';
import { makeRuntimeFolder, runtimeFolderPath } from '../system/runtime-folder.ts';
import { readMounts } from './fuse/fuse-mounts.ts';

/** A folder that is ready to be mounted on. */
export type MountPoint = Readonly<{
  /** Absolute, with no symbolic link in it. */
  path: string;
  /** Whether it was made here and is to be removed after the mount. */
  isCreated: boolean;
}>;

const PRIVATE_MODE = 0o700;
const MAX_NAME_BYTES = 100;
const MAX_SAME_NAMES = 100;
/** A folder of ours that is unused for so long was left behind, and is not about to be mounted on. */
const LEFTOVER_AGE_MS = 60_000;

/**
 * Checks a folder that the user chose: existing, theirs, empty, no symbolic link, no mount point.
 *
 * @throws {@link MountError} `mountpoint-invalid`; `mountpoint-not-empty`.
 */
export function prepareMountPoint(directory: string): MountPoint {
  const absolute = resolve(directory);
  let path: string;
  try {
    path = join(realpathSync(dirname(absolute)), basename(absolute));
  } catch (error) {
    throw invalid('no such folder', error);
  }
  if (isMountPoint(path)) throw invalid('in use');
  const fd = openFolder(path);
  try {
    const isTheirs = fstatSync(fd).uid === userId() || userId() === 0;
    if (!isTheirs) throw invalid('owned by another user');
    if (readdirSync(`/proc/self/fd/${fd}`).length > 0) throw new MountError('mountpoint-not-empty');
  } finally {
    closeSync(fd);
  }
  return { path, isCreated: false };
}

/**
 * Makes a fresh private folder for a volume under the user's runtime directory, named after it:
 * `$XDG_RUNTIME_DIR/lockline/mounts/NAME`, with a number where that is in use.
 *
 * @throws {@link DeviceError} `permission-denied` where no private folder can be made.
 */
export function claimDefaultMountPoint(volumeName: string): MountPoint {
  const folder = makeRuntimeFolder('mounts');
  const name = folderNameOf(volumeName);
  for (let number = 1; number <= MAX_SAME_NAMES; number += 1) {
    const path = join(folder, number === 1 ? name : `${name}-${number}`);
    removeLeftover(path);
    if (makePrivateFolder(path)) return { path, isCreated: true };
  }
  throw invalid('too many volumes of this name');
}

/** Removes a folder that {@link claimDefaultMountPoint} made, once it is unmounted and empty. */
export function releaseMountPoint(mountPoint: MountPoint): void {
  if (mountPoint.isCreated) removeOwnMountPoint(mountPoint.path);
}

/** Removes a folder if it is an empty one that Lockline makes for mounts; leaves any other alone. */
export function removeOwnMountPoint(path: string): void {
  try {
    if (dirname(path) === runtimeFolderPath('mounts')) rmdirSync(path);
  } catch {
    // Not empty, mounted again or gone: none of it is ours to clear.
  }
}

function folderNameOf(volumeName: string): string {
  const word = volumeName.replace(/[/\\\p{C}]/gu, '_').replace(/^[.\s-]+|[.\s]+$/gu, '');
  let name = '';
  for (const character of word) {
    if (Buffer.byteLength(name + character) > MAX_NAME_BYTES) break;
    name += character;
  }
  return name === '' ? 'vault' : name;
}

function openFolder(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    throw invalid(isCode(error, 'ENOENT') ? 'there is no such folder' : 'not a folder', error);
  }
}

/** Returns whether the folder was made; `false` where the name exists. */
function makePrivateFolder(path: string): boolean {
  try {
    mkdirSync(path, { mode: PRIVATE_MODE });
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw invalid('cannot be made', error);
  }
}

function removeLeftover(path: string): void {
  const stats = statOf(path);
  if (stats === undefined || Date.now() - stats.ctimeMs < LEFTOVER_AGE_MS) return;
  removeOwnMountPoint(path);
}

/** Attributes of a path itself, links not followed; `undefined` where they cannot be read. */
function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

function isMountPoint(path: string): boolean {
  return process.platform === 'linux' && readMounts().some((entry) => entry.mountPoint === path);
}

function userId(): number {
  return process.getuid?.() ?? 0;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function invalid(reason: string, cause?: unknown): MountError {
  return new MountError('mountpoint-invalid', { reason }, cause);
}
