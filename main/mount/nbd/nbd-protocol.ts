/**
 * Numbers of the NBD protocol that this server speaks: fixed newstyle negotiation, simple and
 * structured replies, the `base:allocation` metadata context. All integers are big-endian.
 * Left out: TLS, extended headers, resizing, the old style.
 * @see https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md
 */

/** First bytes of the server: `NBDMAGIC`, then `IHAVEOPT`; each option begins with the latter. */
export const NBD_MAGIC = [0x4e42444d, 0x41474943] as const;
export const OPTION_MAGIC = [0x49484156, 0x454f5054] as const;
export const OPTION_REPLY_MAGIC = [0x0003e889, 0x045565a9] as const;
export const REQUEST_MAGIC = 0x25609513;
export const SIMPLE_REPLY_MAGIC = 0x67446698;
export const STRUCTURED_REPLY_MAGIC = 0x668e33ef;

/** Both in the server's handshake flags and in the client's answer. */
export const HANDSHAKE_FIXED_NEWSTYLE = 1;
export const HANDSHAKE_NO_ZEROES = 2;

export const NBD_OPTIONS = {
  exportName: 1,
  abort: 2,
  list: 3,
  startTls: 5,
  info: 6,
  go: 7,
  structuredReply: 8,
  listMetaContext: 9,
  setMetaContext: 10,
} as const;

export const NBD_REPLIES = {
  ack: 1,
  server: 2,
  info: 3,
  metaContext: 4,
  unsupported: 0x80000001,
  policy: 0x80000002,
  invalid: 0x80000003,
  unknown: 0x80000006,
  tooBig: 0x80000009,
} as const;

export const NBD_INFOS = { export: 0, name: 1, description: 2, blockSize: 3 } as const;

export const TRANSMISSION_FLAGS = {
  hasFlags: 1 << 0,
  readOnly: 1 << 1,
  sendFlush: 1 << 2,
  sendFua: 1 << 3,
  sendTrim: 1 << 5,
  sendWriteZeroes: 1 << 6,
  sendDf: 1 << 7,
  canMultiConn: 1 << 8,
  sendFastZero: 1 << 11,
} as const;

export const NBD_COMMANDS = {
  read: 0,
  write: 1,
  disconnect: 2,
  flush: 3,
  trim: 4,
  writeZeroes: 6,
  blockStatus: 7,
} as const;

export const COMMAND_FLAGS = {
  fua: 1 << 0,
  noHole: 1 << 1,
  dontFragment: 1 << 2,
  requestOne: 1 << 3,
  fastZero: 1 << 4,
} as const;

export const CHUNK_DONE = 1;
export const CHUNK_TYPES = {
  none: 0,
  offsetData: 1,
  blockStatus: 5,
  error: 0x8001,
} as const;

/** The protocol's own errno values, the same on every system. */
export const NBD_ERRORS = {
  none: 0,
  notPermitted: 1,
  inputOutput: 5,
  invalid: 22,
  noSpace: 28,
  unsupported: 95,
} as const;

/** Request header: magic u32, flags u16, type u16, cookie u64, offset u64, length u32. */
export const REQUEST_BYTES = 28;
/** Simple reply: magic u32, error u32, cookie u64. */
export const SIMPLE_REPLY_BYTES = 16;
/** Structured reply: magic u32, flags u16, type u16, cookie u64, length u32; then the payload. */
export const CHUNK_HEADER_BYTES = 20;
/** What precedes the data of an `offsetData` chunk: its header and the offset u64. */
export const DATA_CHUNK_HEADER_BYTES = CHUNK_HEADER_BYTES + 8;

/** Longest READ or WRITE that is accepted; what the protocol tells clients to expect anywhere. */
export const MAXIMUM_REQUEST_BYTES = 32 * 1024 * 1024;

/** The one metadata context, and the number by which its extents refer to it. */
export const BASE_ALLOCATION = 'base:allocation';
export const BASE_ALLOCATION_ID = 1;
