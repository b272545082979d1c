import { libcFunction } from '../../system/libc.ts';

/** The system calls of the FUSE backend that Node does not offer, bound once a thread on first use. */
export type FuseSyscalls = Readonly<{
  read(fd: number, buffer: Buffer, lengthBytes: number): number;
  write(fd: number, buffer: Buffer, lengthBytes: number): number;
  poll(descriptors: Buffer, count: number, timeoutMs: number): number;
  fcntl(fd: number, command: number, argument: number): number;
  socketpair(domain: number, type: number, protocol: number, descriptors: Buffer): number;
  recvmsg(fd: number, message: unknown, flags: number): number;
  mount(source: string, target: string, type: string, flags: number, data: string): number;
}>;

export const F_SETFL = 4;
export const O_NONBLOCK = 0o4000;
export const POLLIN = 1;
/** `SOCK_STREAM | SOCK_CLOEXEC`: no child may inherit these descriptors. */
export const SOCK_STREAM_CLOEXEC = 1 | 0o2000000;
export const AF_UNIX = 1;
export const MSG_DONTWAIT = 0x40;
export const MSG_CMSG_CLOEXEC = 0x40000000;
export const MS_RDONLY = 1;
export const MS_NOSUID = 2;
export const MS_NODEV = 4;
export const MNT_DETACH = 2;
export const UMOUNT_NOFOLLOW = 8;

let bound: FuseSyscalls | undefined;

/** Returns the bound calls; each is synchronous and leaves its errno for `lastErrno`. */
export function fuseSyscalls(): FuseSyscalls {
  bound ??= {
    read: libcFunction('int64_t read(int fd, void *buffer, size_t count)'),
    write: libcFunction('int64_t write(int fd, const void *buffer, size_t count)'),
    poll: libcFunction('int poll(void *fds, unsigned long nfds, int timeout)'),
    fcntl: bindFcntl(),
    socketpair: libcFunction('int socketpair(int domain, int type, int protocol, void *sv)'),
    recvmsg: libcFunction('int64_t recvmsg(int fd, void *message, int flags)'),
    mount: libcFunction(
      'int mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)',
    ),
  };
  return bound;
}

function bindFcntl(): FuseSyscalls['fcntl'] {
  const fcntl = libcFunction<
    (fd: number, command: number, type: string, argument: number) => number
  >('int fcntl(int fd, int command, ...)');
  return (fd, command, argument) => fcntl(fd, command, 'int', argument);
}
