import koffi from 'koffi';
import { libcFunction } from '../../system/libc.ts';

/**
 * The socket calls of the NBD server, bound once a thread on first use. Buffers of the data path
 * are passed as addresses. PERF: a call by address costs 0.45 us, one with a fresh view of a
 * buffer 0.8-1.0 us.
 */
export type NbdSyscalls = Readonly<{
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, address: Buffer, lengthBytes: number): number;
  listen(fd: number, backlog: number): number;
  setsockopt(fd: number, level: number, name: number, value: Buffer, lengthBytes: number): number;
  getsockname(fd: number, address: Buffer, lengthBytes: Buffer): number;
  getpeername(fd: number, address: Buffer, lengthBytes: Buffer): number;
  accept4(fd: number, address: null, lengthBytes: null, flags: number): number;
  recv(fd: number, address: number, lengthBytes: number, flags: number): number;
  send(fd: number, address: number, lengthBytes: number, flags: number): number;
  poll(descriptors: Buffer, count: number, timeoutMs: number): number;
  read(fd: number, buffer: Buffer, lengthBytes: number): number;
}>;

export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;
/** `SOCK_NONBLOCK | SOCK_CLOEXEC`, for `socket` (with `SOCK_STREAM`) and `accept4`. */
export const SOCKET_FLAGS = 0o4000 | 0o2000000;
export const SOCK_STREAM = 1;
export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_SNDBUF = 7;
export const IPPROTO_TCP = 6;
export const TCP_NODELAY = 1;
export const IPPROTO_IPV6 = 41;
export const IPV6_V6ONLY = 26;
export const MSG_DONTWAIT = 0x40;
/** `MSG_DONTWAIT | MSG_NOSIGNAL`: a client that is gone is an error, not a signal. */
export const SEND_FLAGS = 0x40 | 0x4000;
export const POLLIN = 1;
export const POLLOUT = 4;

let bound: NbdSyscalls | undefined;

/** Returns the bound calls; each is synchronous and leaves its errno for `lastErrno`. */
export function nbdSyscalls(): NbdSyscalls {
  bound ??= {
    socket: libcFunction('int socket(int domain, int type, int protocol)'),
    bind: libcFunction('int bind(int fd, const void *address, uint32_t length)'),
    listen: libcFunction('int listen(int fd, int backlog)'),
    setsockopt: libcFunction(
      'int setsockopt(int fd, int level, int name, const void *value, uint32_t length)',
    ),
    getsockname: libcFunction('int getsockname(int fd, void *address, void *length)'),
    getpeername: libcFunction('int getpeername(int fd, void *address, void *length)'),
    accept4: libcFunction('int accept4(int fd, void *address, void *length, int flags)'),
    recv: libcFunction('int64_t recv(int fd, uintptr_t buffer, size_t length, int flags)'),
    send: libcFunction('int64_t send(int fd, uintptr_t buffer, size_t length, int flags)'),
    poll: libcFunction('int poll(void *fds, unsigned long nfds, int timeout)'),
    read: libcFunction('int64_t read(int fd, void *buffer, size_t count)'),
  };
  return bound;
}

/** Returns the address of a view's first byte, which must lie in memory that never moves. */
export function addressOf(view: Uint8Array): number {
  return Number(koffi.address(view));
}
