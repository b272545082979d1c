import type { EntrySink } from '../../filesystem/file-system.ts';
import { FileSystemError } from '../../filesystem/file-system-error.ts';
import { direntTypeOf, putEntry } from './fuse-attributes.ts';
import type { Answer, FuseContext } from './fuse-context.ts';
import { ERRNO } from './fuse-errno.ts';
import {
  DIRENT,
  ENTRY_OUT,
  MAX_TRANSFER_BYTES,
  OPEN_OUT,
  OUT_HEADER_BYTES,
  READ_IN,
} from './fuse-protocol.ts';

/** Operations that list directories. Directory handles carry no state: the cookie is the place. */

const DOT = 0x2e;

export function openDirectory(context: FuseContext): Answer {
  context.frame.putU64(OPEN_OUT.handle, context.frame.node);
  context.frame.putU64(OPEN_OUT.flags, 0);
  return OPEN_OUT.bytes;
}

export function releaseDirectory(): Answer {
  return 0;
}

export function readDirectory(context: FuseContext): Answer {
  return listEntries(context, 0);
}

/**
 * Lists entries with their attributes; each entry but "." and ".." is a lookup to the kernel.
 *
 * The names are collected first and looked up afterwards, so that the filesystem is never called
 * from inside its own listing.
 */
export function readDirectoryPlus(context: FuseContext): Answer {
  const bodyBytes = listEntries(context, ENTRY_OUT.bytes);
  let at = 0;
  while (at < bodyBytes) at = fillEntry(context, at);
  return bodyBytes;
}

function listEntries(context: FuseContext, prefixBytes: number): Answer {
  const { frame, fileSystem } = context;
  const cookie = frame.u64(READ_IN.offset);
  const limitBytes = Math.min(frame.u32(READ_IN.size), MAX_TRANSFER_BYTES);
  if (!Number.isSafeInteger(cookie)) return -ERRNO.EINVAL;
  let at = 0;
  let isFull = false;
  const sink: EntrySink = (name, node, kind, nextCookie) => {
    const direntAt = at + prefixBytes;
    const end = direntAt + padded(DIRENT.name + name.length);
    if (end > limitBytes) {
      isFull = true;
      return false;
    }
    frame.clearBody(at, direntAt);
    frame.putU64(direntAt + DIRENT.node, node);
    frame.putU64(direntAt + DIRENT.cookie, nextCookie);
    frame.putU32(direntAt + DIRENT.nameLength, name.length);
    frame.putU32(direntAt + DIRENT.type, direntTypeOf(kind));
    frame.clearBody(end - 8, end);
    frame.reply.set(name, OUT_HEADER_BYTES + direntAt + DIRENT.name);
    at = end;
    return true;
  };
  fileSystem.readDirectory(frame.node, cookie, sink);
  return at === 0 && isFull ? -ERRNO.EINVAL : at;
}

/** Fills the entry before a dirent; one that cannot be looked up stays empty. Returns the next. */
function fillEntry(context: FuseContext, at: number): number {
  const { frame, fileSystem, counts } = context;
  const direntAt = at + ENTRY_OUT.bytes;
  const nameLength = frame.reply.readUInt32LE(OUT_HEADER_BYTES + direntAt + DIRENT.nameLength);
  const nameAt = OUT_HEADER_BYTES + direntAt + DIRENT.name;
  const name = frame.reply.subarray(nameAt, nameAt + nameLength);
  const end = direntAt + padded(DIRENT.name + nameLength);
  const granted = counts.grantedCount;
  if (name[0] === DOT && (nameLength === 1 || (nameLength === 2 && name[1] === DOT))) return end;
  try {
    const node = fileSystem.lookup(frame.node, name);
    counts.grantReference(node);
    putEntry(context, at, node);
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    counts.revokeLast(granted);
  }
  return end;
}

function padded(lengthBytes: number): number {
  return Math.ceil(lengthBytes / 8) * 8;
}
