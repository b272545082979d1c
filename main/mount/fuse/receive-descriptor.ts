import koffi from 'koffi';
import { fuseSyscalls, MSG_CMSG_CLOEXEC, MSG_DONTWAIT } from './fuse-syscalls.ts';

/**
 * Receives one file descriptor over a UNIX socket (`SCM_RIGHTS`), as `fusermount3` sends it.
 *
 * The structures of recvmsg(2) on 64-bit Linux, little-endian:
 * - `msghdr`, 56 bytes: name 0, namelen 8, iov 16, iovlen 24, control 32, controllen 40, flags 48
 * - `iovec`, 16 bytes: base 0, length 8
 * - `cmsghdr`, 16 bytes before the data: length 0 (8 bytes), level 8, type 12
 */

const MESSAGE = { bytes: 56, iov: 16, iovLength: 24, control: 32, controlLength: 40 } as const;
const IOV_BYTES = 16;
const DATA_BYTES = 8;
const CONTROL_BYTES = 64;
const CONTROL = { length: 0, level: 8, type: 12, data: 16 } as const;
/** `CMSG_LEN(sizeof(int))`. */
const ONE_DESCRIPTOR_BYTES = 20n;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;

/**
 * Takes the descriptor that is waiting on a socket; it will be closed on exec.
 *
 * @returns The descriptor, owned by the caller; `undefined` where none has been sent.
 */
export function receiveDescriptor(socketFd: number): number | undefined {
  // One block from the C heap: the structures point at each other, so they must not move.
  const block = koffi.alloc('uint8', MESSAGE.bytes + IOV_BYTES + DATA_BYTES + CONTROL_BYTES);
  try {
    const base = koffi.address(block);
    const iovAt = MESSAGE.bytes;
    const dataAt = iovAt + IOV_BYTES;
    const controlAt = dataAt + DATA_BYTES;
    const memory = new DataView(koffi.view(block, controlAt + CONTROL_BYTES));
    for (let at = 0; at < memory.byteLength; at += 8) memory.setBigUint64(at, 0n, true);
    memory.setBigUint64(MESSAGE.iov, base + BigInt(iovAt), true);
    memory.setBigUint64(MESSAGE.iovLength, 1n, true);
    memory.setBigUint64(MESSAGE.control, base + BigInt(controlAt), true);
    memory.setBigUint64(MESSAGE.controlLength, BigInt(CONTROL_BYTES), true);
    memory.setBigUint64(iovAt, base + BigInt(dataAt), true);
    memory.setBigUint64(iovAt + 8, 1n, true);

    const received = fuseSyscalls().recvmsg(socketFd, block, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    const isDescriptor =
      received > 0 &&
      memory.getBigUint64(controlAt + CONTROL.length, true) === ONE_DESCRIPTOR_BYTES &&
      memory.getInt32(controlAt + CONTROL.level, true) === SOL_SOCKET &&
      memory.getInt32(controlAt + CONTROL.type, true) === SCM_RIGHTS;
    return isDescriptor ? memory.getInt32(controlAt + CONTROL.data, true) : undefined;
  } finally {
    koffi.free(block);
  }
}
