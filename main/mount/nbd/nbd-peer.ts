import { readFileSync } from 'node:fs';
import {
  AF_INET,
  AF_INET6,
  IPPROTO_TCP,
  nbdSyscalls,
  SO_SNDBUF,
  SOL_SOCKET,
  TCP_NODELAY,
} from './nbd-syscalls.ts';

/** Room for any socket address. */
const ADDRESS_BYTES = 128;
const ESTABLISHED = '01';
/** What may wait in a socket for its client; the system gives less where its limit is lower. */
const SEND_BUFFER_BYTES = 1024 * 1024;

/** Columns of /proc/net/tcp. */
const COLUMN = { local: 1, remote: 2, state: 3, uid: 7, inode: 9 } as const;

type SocketAddress = Readonly<{ family: number; text: string }>;

/**
 * Tells whether a client may use the volume.
 *
 * A Unix socket is guarded by its mode. SECURITY: a loopback port is open to every user of the
 * machine; so the table of sockets is asked whose the other end is: only our own user and root are
 * let in. An end that is closed already belongs to nobody, and is refused.
 */
export function isAllowedPeer(fd: number): boolean {
  const peer = readAddress(fd, 'peer');
  if (peer === undefined) return false;
  if (peer.family !== AF_INET && peer.family !== AF_INET6) return true;
  const ours = readAddress(fd, 'own');
  if (ours === undefined) return false;
  const uid = findSocketOwner(peer, ours);
  return uid === 0 || (uid !== undefined && uid === process.getuid?.());
}

/** Sets what makes a client's socket fast. */
export function tuneSocket(fd: number): void {
  const value = Buffer.alloc(4);
  value.writeInt32LE(SEND_BUFFER_BYTES);
  nbdSyscalls().setsockopt(fd, SOL_SOCKET, SO_SNDBUF, value, value.length);
  value.writeInt32LE(1);
  // Refused by a Unix socket, which has nothing of the kind.
  nbdSyscalls().setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, value, value.length);
}

/** Returns the owner of the socket at `local` that is connected to `remote`. */
function findSocketOwner(local: SocketAddress, remote: SocketAddress): number | undefined {
  const table = local.family === AF_INET ? '/proc/net/tcp' : '/proc/net/tcp6';
  for (const line of readFileSync(table, 'utf8').split('\n')) {
    const columns = line.trim().split(/\s+/);
    const isIt = columns[COLUMN.local] === local.text && columns[COLUMN.remote] === remote.text;
    if (!isIt) continue;
    const isOpen = columns[COLUMN.state] === ESTABLISHED && columns[COLUMN.inode] !== '0';
    return isOpen ? Number(columns[COLUMN.uid]) : undefined;
  }
  return undefined;
}

function readAddress(fd: number, end: 'peer' | 'own'): SocketAddress | undefined {
  const address = Buffer.alloc(ADDRESS_BYTES);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(ADDRESS_BYTES);
  const calls = nbdSyscalls();
  const read = end === 'peer' ? calls.getpeername : calls.getsockname;
  if (read(fd, address, length) !== 0) return undefined;
  return { family: address.readUInt16LE(0), text: formatAddress(address) };
}

/** As /proc/net/tcp has it: each 32-bit word of the address in the machine's order, then the port. */
function formatAddress(address: Buffer): string {
  const isIpv4 = address.readUInt16LE(0) === AF_INET;
  const words = isIpv4 ? [4] : [8, 12, 16, 20];
  const hex = (value: number, digits: number) =>
    value.toString(16).toUpperCase().padStart(digits, '0');
  const host = words.map((at) => hex(address.readUInt32LE(at), 8)).join('');
  return `${host}:${hex(address.readUInt16BE(2), 4)}`;
}
