import type { Answer, FuseContext } from './fuse-context.ts';
import { ERRNO } from './fuse-errno.ts';
import {
  INIT_FLAGS,
  INIT_IN,
  INIT_OUT,
  MAX_TRANSFER_BYTES,
  MAX_TRANSFER_PAGES,
  PROTOCOL_MAJOR,
  PROTOCOL_MINOR,
  PROTOCOL_MINOR_OLDEST,
} from './fuse-protocol.ts';

/** Requests that the kernel may have under way unasked (read-ahead, asynchronous direct I/O). */
const MAX_BACKGROUND_REQUESTS = 64;
const CONGESTION_THRESHOLD = 48;

/**
 * What is asked of the kernel, as far as it offers it. Deliberately not asked for:
 * - the write-back cache: a write that returned has reached the volume, and `fsync` is honest;
 * - automatic invalidation by time: our own writes change the time, and nobody else writes;
 * - remote locks: the kernel keeps `flock` and `fcntl` locks of one machine better than we could;
 * - export over NFS: node numbers are not kept beyond the mount.
 */
const WANTED_FLAGS = Object.values(INIT_FLAGS).reduce((all, flag) => all | flag, 0);

/** Serves INIT: agrees with the kernel on version, sizes and features. */
export function negotiate(context: FuseContext): Answer {
  const { frame } = context;
  const major = frame.u32(INIT_IN.major);
  const minor = frame.u32(INIT_IN.minor);
  frame.clearBody(0, INIT_OUT.bytes);
  frame.putU32(INIT_OUT.major, PROTOCOL_MAJOR);
  frame.putU32(INIT_OUT.minor, Math.min(PROTOCOL_MINOR, minor));
  // A newer kernel repeats INIT with our major version; an older one is not spoken to.
  if (major > PROTOCOL_MAJOR) return INIT_OUT.bytes;
  if (major < PROTOCOL_MAJOR || minor < PROTOCOL_MINOR_OLDEST) return -ERRNO.EPROTO;
  frame.putU32(
    INIT_OUT.maxReadahead,
    context.readAheadBytes ?? Math.max(frame.u32(INIT_IN.maxReadahead), MAX_TRANSFER_BYTES),
  );
  frame.putU32(INIT_OUT.flags, frame.u32(INIT_IN.flags) & WANTED_FLAGS);
  frame.putU16(INIT_OUT.maxBackground, MAX_BACKGROUND_REQUESTS);
  frame.putU16(INIT_OUT.congestionThreshold, CONGESTION_THRESHOLD);
  frame.putU32(INIT_OUT.maxWrite, MAX_TRANSFER_BYTES);
  frame.putU32(INIT_OUT.timeGranularity, 1);
  frame.putU16(INIT_OUT.maxPages, MAX_TRANSFER_PAGES);
  context.isInitialised = true;
  return INIT_OUT.bytes;
}
