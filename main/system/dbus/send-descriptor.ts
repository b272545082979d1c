import koffi from 'koffi';
import { lastErrno, libcFunction } from '../libc.ts';

/**
 * Sends bytes and one file descriptor (`SCM_RIGHTS`) over a UNIX socket.
 *
 * The structures of sendmsg(2) on 64-bit Linux, little-endian:
 * - `msghdr`, 56 bytes: name 0, namelen 8, iov 16, iovlen 24, control 32, controllen 40, flags 48
 * - `iovec`, 16 bytes: base 0, length 8
 * - `cmsghdr`, 16 bytes before the data: length 0 (8 bytes), level 8, type 12
 */

const MESSAGE = { bytes: 56, iov: 16, iovLength: 24, control: 32, controlLength: 40 } as const;
const IOV_BYTES = 16;
const CONTROL = { level: 8, type: 12, data: 16 } as const;
/** `CMSG_LEN(sizeof(int))` and `CMSG_SPACE(sizeof(int))`. */
const ONE_DESCRIPTOR_BYTES = 20n;
const CONTROL_BYTES = 24;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const MSG_NOSIGNAL = 0x4000;
const EMSGSIZE = 90;

/**
 * @param bytes - Borrowed: few enough to fit into the socket's buffer at once.
 * @param fd - Borrowed: the receiver gets a duplicate.
 * @returns 0, or the errno; a message that went only in part counts as EMSGSIZE.
 */
export function sendWithDescriptor(socketFd: number, bytes: Uint8Array, fd: number): number {
  const sendmsg = libcFunction<(fd: number, message: unknown, flags: number) => number>(
    'int64_t sendmsg(int fd, const void *message, int flags)',
  );
  const iovAt = MESSAGE.bytes;
  const controlAt = iovAt + IOV_BYTES;
  const dataAt = controlAt + CONTROL_BYTES;
  // One block from the C heap: the structures point at each other, so they must not move.
  const block = koffi.alloc('uint8', dataAt + bytes.length);
  try {
    const base = koffi.address(block);
    const memory = new DataView(koffi.view(block, dataAt + bytes.length));
    for (let at = 0; at < dataAt; at += 8) memory.setBigUint64(at, 0n, true);
    memory.setBigUint64(MESSAGE.iov, base + BigInt(iovAt), true);
    memory.setBigUint64(MESSAGE.iovLength, 1n, true);
    memory.setBigUint64(MESSAGE.control, base + BigInt(controlAt), true);
    memory.setBigUint64(MESSAGE.controlLength, BigInt(CONTROL_BYTES), true);
    memory.setBigUint64(iovAt, base + BigInt(dataAt), true);
    memory.setBigUint64(iovAt + 8, BigInt(bytes.length), true);
    memory.setBigUint64(controlAt, ONE_DESCRIPTOR_BYTES, true);
    memory.setInt32(controlAt + CONTROL.level, SOL_SOCKET, true);
    memory.setInt32(controlAt + CONTROL.type, SCM_RIGHTS, true);
    memory.setInt32(controlAt + CONTROL.data, fd, true);
    bytes.forEach((byte, index) => {
      memory.setUint8(dataAt + index, byte);
    });
    const sent = sendmsg(socketFd, block, MSG_NOSIGNAL);
    if (sent === bytes.length) return 0;
    return sent < 0 ? lastErrno() : EMSGSIZE;
  } finally {
    koffi.free(block);
  }
}
