import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, readlinkSync } from 'node:fs';
import { MountError } from '../../../shared/errors/vault-error.ts';
import { EACCES, EBUSY, EPERM, lastErrno } from '../../system/libc.ts';
import { FUSERMOUNT_ENVIRONMENT, findFusermount } from './find-fusermount.ts';
import { FUSE_TYPE, sourceOf } from './fuse-mounts.ts';
import { MAX_TRANSFER_BYTES } from './fuse-protocol.ts';
import {
  AF_UNIX,
  F_SETFL,
  fuseSyscalls,
  MS_NODEV,
  MS_NOSUID,
  MS_RDONLY,
  O_NONBLOCK,
  SOCK_STREAM_CLOEXEC,
} from './fuse-syscalls.ts';
import { receiveDescriptor } from './receive-descriptor.ts';

const FUSERMOUNT_TIMEOUT_MS = 20_000;

export type FuseMountOptions = Readonly<{
  /** An existing empty directory; see `prepareMountPoint`. */
  mountPoint: string;
  isReadOnly: boolean;
  /** Shown as the mount's source: the label or the file's name. */
  volumeName: string;
}>;

/** A mount that the kernel has made and that waits to be served. Disposing closes the descriptor. */
export type FuseConnection = Disposable &
  Readonly<{ fd: number; mountPoint: string; isReadOnly: boolean }>;

/**
 * Mounts a FUSE filesystem: `nosuid`, `nodev`, permissions checked by the kernel, invisible to
 * other users.
 *
 * The direct way (`/dev/fuse` and mount(2)) is tried first, and taken where the process may; an
 * ordinary user goes through the setuid `fusermount3`. Synchronous: made for the volume worker,
 * which serves the mount right after.
 *
 * @throws {@link MountError} `backend-missing`, `backend-denied`, `mountpoint-invalid`.
 */
export function connectFuse(options: FuseMountOptions): FuseConnection {
  if (process.platform !== 'linux')
    throw new MountError('backend-missing', { reason: 'not Linux' });
  const fd = mountDirectly(options) ?? mountByFusermount(options);
  if (fuseSyscalls().fcntl(fd, F_SETFL, constants.O_RDWR | O_NONBLOCK) !== 0) {
    closeSync(fd);
    throw new MountError('backend-denied', { operation: 'fcntl', errno: lastErrno() });
  }
  let isOpen = true;
  return {
    fd,
    mountPoint: options.mountPoint,
    isReadOnly: options.isReadOnly,
    [Symbol.dispose]: () => {
      if (isOpen) closeSync(fd);
      isOpen = false;
    },
  };
}

/** Returns the descriptor, or `undefined` where this process may not mount by itself. */
function mountDirectly(options: FuseMountOptions): number | undefined {
  const device = openDevice();
  if (device === undefined) return undefined;
  let isMounted = false;
  // SECURITY: mounted through a descriptor of the folder, so that no link can be slipped in.
  let folder = -1;
  try {
    folder = openFolder(options.mountPoint);
    // The path was resolved before: a folder above it that is a link by now leads elsewhere.
    if (readlinkSync(`/proc/self/fd/${folder}`) !== options.mountPoint) {
      throw new MountError('mountpoint-invalid', { reason: 'moved' });
    }
    const data = [
      `fd=${device}`,
      'rootmode=40000',
      `user_id=${process.getuid?.() ?? 0}`,
      `group_id=${process.getgid?.() ?? 0}`,
      'default_permissions',
      `max_read=${MAX_TRANSFER_BYTES}`,
    ].join(',');
    const flags = MS_NOSUID | MS_NODEV | (options.isReadOnly ? MS_RDONLY : 0);
    const source = sourceOf(options.volumeName);
    const target = `/proc/self/fd/${folder}`;
    isMounted = fuseSyscalls().mount(source, target, FUSE_TYPE, flags, data) === 0;
    if (isMounted) return device;
    const errno = lastErrno();
    if (errno === EPERM || errno === EACCES) return undefined;
    if (errno === EBUSY) throw new MountError('mountpoint-invalid', { reason: 'in use' });
    throw new MountError('backend-denied', { operation: 'mount', errno });
  } finally {
    if (folder !== -1) closeSync(folder);
    if (!isMounted) closeSync(device);
  }
}

function openDevice(): number | undefined {
  try {
    return openSync('/dev/fuse', 'r+');
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EACCES' || code === 'EPERM') return undefined;
    throw new MountError('backend-missing', { reason: 'no /dev/fuse', errno: code }, error);
  }
}

function openFolder(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    throw new MountError('mountpoint-invalid', { errno: codeOf(error) }, error);
  }
}

function mountByFusermount(options: FuseMountOptions): number {
  const program = findFusermount();
  if (program === undefined) throw new MountError('backend-missing', { reason: 'no fusermount3' });
  const [ours, theirs] = socketPair();
  try {
    const settings = [
      'nosuid',
      'nodev',
      'default_permissions',
      `max_read=${MAX_TRANSFER_BYTES}`,
      `fsname=${sourceOf(options.volumeName)}`,
      'subtype=lockline',
      ...(options.isReadOnly ? ['ro'] : []),
    ].join(',');
    const result = spawnSync(program, ['-o', settings, '--', options.mountPoint], {
      stdio: ['ignore', 'ignore', 'pipe', theirs],
      env: { ...FUSERMOUNT_ENVIRONMENT, _FUSE_COMMFD: '3' },
      encoding: 'utf8',
      timeout: FUSERMOUNT_TIMEOUT_MS,
    });
    const fd = result.status === 0 ? receiveDescriptor(ours) : undefined;
    if (fd === undefined) throw refusalOf(result.stderr ?? '');
    return fd;
  } finally {
    closeSync(ours);
    closeSync(theirs);
  }
}

function socketPair(): [number, number] {
  const descriptors = Buffer.alloc(8);
  if (fuseSyscalls().socketpair(AF_UNIX, SOCK_STREAM_CLOEXEC, 0, descriptors) !== 0) {
    throw new MountError('backend-denied', { operation: 'socketpair', errno: lastErrno() });
  }
  return [descriptors.readInt32LE(0), descriptors.readInt32LE(4)];
}

/** Tells from what `fusermount3` printed which condition it was; its wording is stable in C locale. */
function refusalOf(stderr: string): MountError {
  const reason = stderr.trim().slice(0, 300);
  if (/device not found|modprobe|No such device/.test(reason)) {
    return new MountError('backend-missing', { reason });
  }
  if (/mountpoint|mount point|bad mount|Not a directory|No such file/i.test(reason)) {
    return new MountError('mountpoint-invalid', { reason });
  }
  return new MountError('backend-denied', { reason });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
