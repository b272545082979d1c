import { closeSync, fchmodSync, lstatSync, rmSync } from 'node:fs';
import { DeviceError, MountError } from '../../../shared/errors/vault-error.ts';
import { EACCES, ENOENT, EPERM, lastErrno } from '../../system/libc.ts';
import { assertSocketPath, type NbdEndpoint } from './nbd-endpoint.ts';
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  nbdSyscalls,
  SO_REUSEADDR,
  SOCK_STREAM,
  SOCKET_FLAGS,
  SOL_SOCKET,
} from './nbd-syscalls.ts';

const EADDRINUSE = 98;
const ENOTDIR = 20;
const BACKLOG = 64;
const SOCKET_MODE = 0o600;

/** Sockets that are bound to their address; clients are refused until they listen. */
export type NbdListeners = Readonly<{
  fds: readonly number[];
  /** Removes a Unix socket's file, where it is still the one that was made. The descriptors stay. */
  removeFile(): void;
}>;

/**
 * Makes and binds the sockets of an endpoint. A Unix socket is made with mode 0600, and never in
 * place of an existing file; a port is bound on the loopback addresses only.
 *
 * @returns Descriptors owned by the caller, who calls `removeFile` when done.
 * @throws ContractError `payload-invalid`; DeviceError `file-exists`, `file-missing`,
 * `permission-denied`; MountError `address-in-use`.
 */
export function bindEndpoint(endpoint: NbdEndpoint): NbdListeners {
  if (endpoint.kind === 'unix') return bindUnixSocket(endpoint.path);
  const ipv4 = bindPort(AF_INET, endpoint.port);
  const ipv6 = tryBindIpv6(endpoint.port, ipv4);
  return { fds: ipv6 === undefined ? [ipv4] : [ipv4, ipv6], removeFile: () => undefined };
}

/**
 * Tells early that an endpoint is taken; leaves nothing behind.
 *
 * @throws as {@link bindEndpoint} does.
 */
export function assertEndpointFree(endpoint: NbdEndpoint): void {
  if (endpoint.kind === 'tcp') {
    for (const fd of bindEndpoint(endpoint).fds) closeSync(fd);
    return;
  }
  const { path } = endpoint;
  assertSocketPath(path);
  if (lstatSync(path, { throwIfNoEntry: false })) throw new DeviceError('file-exists', { path });
}

/** Lets clients connect to bound sockets. @throws MountError `backend-denied` */
export function startListening(fds: readonly number[]): void {
  for (const fd of fds) {
    if (nbdSyscalls().listen(fd, BACKLOG) !== 0) throw bindError(lastErrno(), {});
  }
}

function bindUnixSocket(path: string): NbdListeners {
  assertSocketPath(path);
  const fd = openSocket(AF_UNIX);
  // sockaddr_un: family u16, path, zero
  const address = Buffer.concat([Buffer.from([AF_UNIX, 0]), Buffer.from(path), Buffer.alloc(1)]);
  try {
    // The mode of an unbound socket becomes that of its file: it is never open to others.
    fchmodSync(fd, SOCKET_MODE);
    if (nbdSyscalls().bind(fd, address, address.length) !== 0)
      throw bindError(lastErrno(), { path });
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  const made = lstatSync(path, { bigint: true });
  const removeFile = () => {
    const now = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (now?.ino === made.ino && now.dev === made.dev) rmSync(path, { force: true });
  };
  return { fds: [fd], removeFile };
}

function tryBindIpv6(port: number, ipv4: number): number | undefined {
  try {
    return bindPort(AF_INET6, port);
  } catch (error) {
    // A machine without IPv6 has no such address; one where it is taken would serve a stranger.
    const isTaken = error instanceof MountError && error.code === 'address-in-use';
    if (!isTaken) return undefined;
    closeSync(ipv4);
    throw error;
  }
}

function bindPort(family: number, port: number): number {
  const fd = openSocket(family);
  const on = Buffer.from([1, 0, 0, 0]);
  const calls = nbdSyscalls();
  calls.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, on, on.length);
  if (family === AF_INET6) calls.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, on, on.length);
  const address = loopbackAddress(family, port);
  if (calls.bind(fd, address, address.length) === 0) return fd;
  const errno = lastErrno();
  closeSync(fd);
  throw bindError(errno, { port });
}

/** sockaddr_in and sockaddr_in6 of 127.0.0.1 and ::1: family u16, port u16 big-endian, address. */
function loopbackAddress(family: number, port: number): Buffer {
  const address = Buffer.alloc(family === AF_INET ? 16 : 28);
  address.writeUInt16LE(family, 0);
  address.writeUInt16BE(port, 2);
  if (family === AF_INET) address.writeUInt32BE(0x7f000001, 4);
  else address[23] = 1;
  return address;
}

function openSocket(family: number): number {
  const fd = nbdSyscalls().socket(family, SOCK_STREAM | SOCKET_FLAGS, 0);
  if (fd < 0) throw bindError(lastErrno(), {});
  return fd;
}

function bindError(errno: number, data: Readonly<{ path?: string; port?: number }>): Error {
  const isFile = data.path !== undefined;
  if (errno === EADDRINUSE) {
    return isFile ? new DeviceError('file-exists', data) : new MountError('address-in-use', data);
  }
  if (errno === EACCES || errno === EPERM) {
    return new DeviceError('permission-denied', { ...data, operation: 'bind' });
  }
  if (errno === ENOENT || errno === ENOTDIR) return new DeviceError('file-missing', data);
  return new MountError('backend-denied', { ...data, operation: 'bind', errno });
}
