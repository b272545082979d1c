import {
  IN,
  IN_HEADER_BYTES,
  MAX_TRANSFER_BYTES,
  OUT,
  OUT_HEADER_BYTES,
  WRITE_IN,
} from './fuse-protocol.ts';

const PAGE_BYTES = 4096;
const HIGH = 2 ** 32;

/** Hands out buffers that live as long as the mount; see `Arena`. */
export type Allocate = (lengthBytes: number, alignBytes: number) => Buffer;

/**
 * The two buffers of a FUSE loop: the request that was read, and the reply that will be written.
 *
 * Both lie so that their bulk data starts on a page: a WRITE's data right after its 80 bytes of
 * header, a READ's data right after the 16 bytes of reply header, which makes every reply one
 * write. Views on the bulk data are made once per length and kept: the hot path allocates nothing.
 */
export class FuseFrame {
  /** The request buffer: at least 1 MiB + 4096 bytes, or the kernel may refuse to read into it. */
  readonly request: Buffer;
  /** The reply: 16 bytes of header, then the body. */
  readonly reply: Buffer;
  readonly #in: DataView;
  readonly #out: DataView;
  readonly #writeViews: (Buffer | undefined)[] = [];
  readonly #readViews: (Buffer | undefined)[] = [];
  readonly #nameViews: (Buffer | undefined)[] = [];

  constructor(allocate: Allocate) {
    const requestBytes = MAX_TRANSFER_BYTES + 2 * PAGE_BYTES;
    this.request = allocate(requestBytes, PAGE_BYTES).subarray(PAGE_BYTES - WRITE_IN.data);
    const replyBytes = MAX_TRANSFER_BYTES + PAGE_BYTES;
    this.reply = allocate(replyBytes, PAGE_BYTES).subarray(PAGE_BYTES - OUT_HEADER_BYTES);
    this.#in = dataViewOf(this.request);
    this.#out = dataViewOf(this.reply);
  }

  get opcode(): number {
    return this.#in.getUint32(IN.opcode, true);
  }

  get node(): number {
    return this.u64(IN.node);
  }

  u32(offsetBytes: number): number {
    return this.#in.getUint32(offsetBytes, true);
  }

  /** An unsigned 64-bit field of the request; above 2^53 it is not exact, and a caller refuses it. */
  u64(offsetBytes: number): number {
    return this.#in.getUint32(offsetBytes, true) + this.#in.getUint32(offsetBytes + 4, true) * HIGH;
  }

  /** A signed 64-bit field of the request. */
  s64(offsetBytes: number): number {
    return this.#in.getUint32(offsetBytes, true) + this.#in.getInt32(offsetBytes + 4, true) * HIGH;
  }

  putU16(bodyOffset: number, value: number): void {
    this.#out.setUint16(OUT_HEADER_BYTES + bodyOffset, value, true);
  }

  putU32(bodyOffset: number, value: number): void {
    this.#out.setUint32(OUT_HEADER_BYTES + bodyOffset, value, true);
  }

  /** Writes a 64-bit field of the reply body, in two's complement where negative. */
  putU64(bodyOffset: number, value: number): void {
    this.#out.setUint32(OUT_HEADER_BYTES + bodyOffset, value, true);
    this.#out.setUint32(OUT_HEADER_BYTES + bodyOffset + 4, Math.floor(value / HIGH), true);
  }

  /** Reads back a 64-bit field of the reply body. */
  replyU64(bodyOffset: number): number {
    const at = OUT_HEADER_BYTES + bodyOffset;
    return this.#out.getUint32(at, true) + this.#out.getUint32(at + 4, true) * HIGH;
  }

  clearBody(fromBytes: number, toBytes: number): void {
    this.reply.fill(0, OUT_HEADER_BYTES + fromBytes, OUT_HEADER_BYTES + toBytes);
  }

  /**
   * Fills the reply's header for the request at hand.
   *
   * @returns Bytes of the whole reply, to be written in one go from the start of `reply`.
   */
  finish(errno: number, bodyBytes: number): number {
    const lengthBytes = OUT_HEADER_BYTES + bodyBytes;
    this.#out.setUint32(OUT.length, lengthBytes, true);
    this.#out.setInt32(OUT.error, -errno, true);
    this.#out.setUint32(OUT.unique, this.#in.getUint32(IN.unique, true), true);
    this.#out.setUint32(OUT.unique + 4, this.#in.getUint32(IN.unique + 4, true), true);
    return lengthBytes;
  }

  /** The data of a WRITE request of this length. */
  writeData(lengthBytes: number): Buffer {
    return viewOf(this.#writeViews, this.request, WRITE_IN.data, lengthBytes);
  }

  /** Where the data of a READ reply of this length goes. */
  readData(lengthBytes: number): Buffer {
    return viewOf(this.#readViews, this.reply, OUT_HEADER_BYTES, lengthBytes);
  }

  /** The name of this length that starts right after the request's header. */
  leadingName(lengthBytes: number): Buffer {
    const kept = this.#nameViews[lengthBytes];
    if (kept !== undefined) return kept;
    const view = this.request.subarray(IN_HEADER_BYTES, IN_HEADER_BYTES + lengthBytes);
    this.#nameViews[lengthBytes] = view;
    return view;
  }
}

/** Returns a view of whole pages from the kept ones, or a fresh one for an odd length. */
function viewOf(
  kept: (Buffer | undefined)[],
  from: Buffer,
  at: number,
  lengthBytes: number,
): Buffer {
  if (lengthBytes % PAGE_BYTES !== 0) return from.subarray(at, at + lengthBytes);
  const pages = lengthBytes / PAGE_BYTES;
  const known = kept[pages];
  if (known !== undefined) return known;
  const view = from.subarray(at, at + lengthBytes);
  kept[pages] = view;
  return view;
}

function dataViewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
}
