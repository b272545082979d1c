import {
  BASE_ALLOCATION_ID,
  CHUNK_DONE,
  CHUNK_HEADER_BYTES,
  CHUNK_TYPES,
  SIMPLE_REPLY_BYTES,
  SIMPLE_REPLY_MAGIC,
  STRUCTURED_REPLY_MAGIC,
} from './nbd-protocol.ts';
import type { NbdRequest } from './nbd-request.ts';

/** Payload of an error chunk without a message: errno u32, message length u16. */
const ERROR_CHUNK_BYTES = CHUNK_HEADER_BYTES + 6;
/** Payload of a block status chunk with one extent: context u32, length u32, flags u32. */
const STATUS_CHUNK_BYTES = CHUNK_HEADER_BYTES + 12;
/** The most that any reply without data takes. */
export const LONGEST_REPLY_BYTES = STATUS_CHUNK_BYTES;
/** State of an extent: neither a hole nor zeros. */
const ALLOCATED = 0;

/** Writes a simple reply; its data, if any, follows. Returns its length. */
export function writeSimpleReply(
  target: Buffer,
  at: number,
  request: NbdRequest,
  error: number,
): number {
  target.writeUInt32BE(SIMPLE_REPLY_MAGIC, at);
  target.writeUInt32BE(error, at + 4);
  target.writeUInt32BE(request.cookieHigh, at + 8);
  target.writeUInt32BE(request.cookieLow, at + 12);
  return SIMPLE_REPLY_BYTES;
}

/** A chunk of a structured reply: its type, whether it is the last, and its payload's length. */
type Chunk = Readonly<{ type: number; isLast: boolean; payloadBytes: number }>;

function writeChunkHeader(target: Buffer, at: number, request: NbdRequest, chunk: Chunk): void {
  target.writeUInt32BE(STRUCTURED_REPLY_MAGIC, at);
  target.writeUInt16BE(chunk.isLast ? CHUNK_DONE : 0, at + 4);
  target.writeUInt16BE(chunk.type, at + 6);
  target.writeUInt32BE(request.cookieHigh, at + 8);
  target.writeUInt32BE(request.cookieLow, at + 12);
  target.writeUInt32BE(chunk.payloadBytes, at + 16);
}

/** A piece of a READ's data: where in the volume it begins and how long it is, bytes. */
export type DataPiece = Readonly<{ offsetBytes: number; lengthBytes: number; isLast: boolean }>;

/** Writes the header of a data chunk; the data follows directly. */
export function writeDataChunkHeader(
  target: Buffer,
  at: number,
  request: NbdRequest,
  piece: DataPiece,
): void {
  const { offsetBytes, lengthBytes, isLast } = piece;
  const type = CHUNK_TYPES.offsetData;
  writeChunkHeader(target, at, request, { type, isLast, payloadBytes: lengthBytes + 8 });
  target.writeUInt32BE(Math.floor(offsetBytes / 2 ** 32), at + CHUNK_HEADER_BYTES);
  target.writeUInt32BE(offsetBytes % 2 ** 32, at + CHUNK_HEADER_BYTES + 4);
}

/** Writes the last chunk of a structured reply that ends well without data. Returns its length. */
export function writeDoneChunk(target: Buffer, at: number, request: NbdRequest): number {
  writeChunkHeader(target, at, request, { type: CHUNK_TYPES.none, isLast: true, payloadBytes: 0 });
  return CHUNK_HEADER_BYTES;
}

/** Writes the last chunk of a structured reply that failed. Returns its length. */
export function writeErrorChunk(
  target: Buffer,
  at: number,
  request: NbdRequest,
  error: number,
): number {
  writeChunkHeader(target, at, request, { type: CHUNK_TYPES.error, isLast: true, payloadBytes: 6 });
  target.writeUInt32BE(error, at + CHUNK_HEADER_BYTES);
  target.writeUInt16BE(0, at + CHUNK_HEADER_BYTES + 4);
  return ERROR_CHUNK_BYTES;
}

/**
 * Writes the answer to BLOCK_STATUS: the whole range is allocated. Returns its length.
 *
 * A hole of the container is no hole of the volume: its plaintext is the decryption of zeros,
 * which is not zeros. So nothing may be reported as a hole, or clients would drop data.
 */
export function writeStatusChunk(target: Buffer, at: number, request: NbdRequest): number {
  const type = CHUNK_TYPES.blockStatus;
  writeChunkHeader(target, at, request, { type, isLast: true, payloadBytes: 12 });
  target.writeUInt32BE(BASE_ALLOCATION_ID, at + CHUNK_HEADER_BYTES);
  target.writeUInt32BE(request.lengthBytes, at + CHUNK_HEADER_BYTES + 4);
  target.writeUInt32BE(ALLOCATED, at + CHUNK_HEADER_BYTES + 8);
  return STATUS_CHUNK_BYTES;
}
