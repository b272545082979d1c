import { Buffer } from 'node:buffer';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { lastErrno, libcFunction } from '../libc.ts';

const AF_UNIX = 1;
const ENAMETOOLONG = 36;
/** `SOCK_STREAM | SOCK_CLOEXEC`. */
const SOCK_STREAM_CLOEXEC = 1 | 0o2000000;
/** `sun_path` of sockaddr_un, the closing NUL counted. */
const PATH_LIMIT_BYTES = 108;

/** A connected UNIX socket, and the descriptor below it for what Node cannot send. */
export type DescriptorSocket = Readonly<{ socket: Socket; fd: number }>;

/**
 * Connects to a UNIX socket.
 *
 * @returns Owned by the caller, who destroys the socket; an errno where that cannot be.
 */
export function connectSocket(path: string): DescriptorSocket | number {
  const pathBytes = Buffer.from(path);
  const address = Buffer.alloc(2 + PATH_LIMIT_BYTES);
  if (pathBytes.length >= PATH_LIMIT_BYTES) return ENAMETOOLONG;
  address.writeUInt16LE(AF_UNIX);
  pathBytes.copy(address, 2);
  const socket = libcFunction<(domain: number, type: number, protocol: number) => number>(
    'int socket(int domain, int type, int protocol)',
  );
  const connect = libcFunction<(fd: number, address: Buffer, lengthBytes: number) => number>(
    'int connect(int fd, const void *address, uint32_t length)',
  );
  const fd = socket(AF_UNIX, SOCK_STREAM_CLOEXEC, 0);
  if (fd < 0) return lastErrno();
  if (connect(fd, address, 2 + pathBytes.length + 1) === 0) {
    return { socket: new Socket({ fd, readable: true, writable: true }), fd };
  }
  const errno = lastErrno();
  closeSync(fd);
  return errno;
}
