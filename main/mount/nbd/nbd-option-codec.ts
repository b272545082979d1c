import {
  BASE_ALLOCATION_ID,
  NBD_REPLIES,
  OPTION_MAGIC,
  OPTION_REPLY_MAGIC,
} from './nbd-protocol.ts';

/** Option header: magic u64, option u32, length u32. */
export const OPTION_HEADER_BYTES = 16;

export type OptionHeader = Readonly<{ option: number; lengthBytes: number }>;

/** Parses an option's header; `undefined` where the magic is wrong. */
export function parseOptionHeader(input: Buffer): OptionHeader | undefined {
  const isOption =
    input.readUInt32BE(0) === OPTION_MAGIC[0] && input.readUInt32BE(4) === OPTION_MAGIC[1];
  if (!isOption) return undefined;
  return { option: input.readUInt32BE(8), lengthBytes: input.readUInt32BE(12) };
}

/** Encodes one reply to an option. */
export function encodeOptionReply(option: number, type: number, payload?: Buffer): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt32BE(OPTION_REPLY_MAGIC[0], 0);
  header.writeUInt32BE(OPTION_REPLY_MAGIC[1], 4);
  header.writeUInt32BE(option, 8);
  header.writeUInt32BE(type, 12);
  header.writeUInt32BE(payload?.length ?? 0, 16);
  return payload === undefined ? header : Buffer.concat([header, payload]);
}

/** Parses the payload of INFO and GO: name, then wanted information; `undefined` if malformed. */
export function parseInfoRequest(
  payload: Buffer,
): Readonly<{ name: string; wanted: readonly number[] }> | undefined {
  const name = readString(payload, 0);
  if (name === undefined || name.end + 2 > payload.length) return undefined;
  const count = payload.readUInt16BE(name.end);
  if (name.end + 2 + 2 * count !== payload.length) return undefined;
  const wanted = Array.from({ length: count }, (_, i) =>
    payload.readUInt16BE(name.end + 2 + 2 * i),
  );
  return { name: name.text, wanted };
}

/** Parses the payload of LIST_META_CONTEXT and SET_META_CONTEXT; `undefined` if malformed. */
export function parseContextRequest(
  payload: Buffer,
): Readonly<{ name: string; queries: readonly string[] }> | undefined {
  const name = readString(payload, 0);
  if (name === undefined || name.end + 4 > payload.length) return undefined;
  const count = payload.readUInt32BE(name.end);
  const queries: string[] = [];
  let at = name.end + 4;
  while (queries.length < count) {
    const query = readString(payload, at);
    if (query === undefined) return undefined;
    queries.push(query.text);
    at = query.end;
  }
  return at === payload.length ? { name: name.text, queries } : undefined;
}

function readString(
  payload: Buffer,
  at: number,
): Readonly<{ text: string; end: number }> | undefined {
  if (at + 4 > payload.length) return undefined;
  const end = at + 4 + payload.readUInt32BE(at);
  if (end > payload.length) return undefined;
  return { text: payload.toString('utf8', at + 4, end), end };
}

/** Encodes one piece of information in answer to INFO or GO. */
export function encodeInfo(option: number, type: number, content: Buffer): Buffer {
  const payload = Buffer.alloc(2 + content.length);
  payload.writeUInt16BE(type, 0);
  content.copy(payload, 2);
  return encodeOptionReply(option, NBD_REPLIES.info, payload);
}

/** Content of `NBD_INFO_EXPORT`, and what EXPORT_NAME is answered with: size u64, flags u16. */
export function encodeExport(sizeBytes: number, flags: number): Buffer {
  const content = Buffer.alloc(10);
  content.writeBigUInt64BE(BigInt(sizeBytes), 0);
  content.writeUInt16BE(flags, 8);
  return content;
}

/** Content of `NBD_INFO_BLOCK_SIZE`: each in bytes. */
export function encodeBlockSizes(minimum: number, preferred: number, maximum: number): Buffer {
  const content = Buffer.alloc(12);
  content.writeUInt32BE(minimum, 0);
  content.writeUInt32BE(preferred, 4);
  content.writeUInt32BE(maximum, 8);
  return content;
}

/** Encodes the answer to LIST: one export. */
export function encodeServer(option: number, name: string, description: string): Buffer {
  const payload = Buffer.alloc(4 + Buffer.byteLength(name) + Buffer.byteLength(description));
  payload.writeUInt32BE(Buffer.byteLength(name), 0);
  payload.write(name, 4, 'utf8');
  payload.write(description, 4 + Buffer.byteLength(name), 'utf8');
  return encodeOptionReply(option, NBD_REPLIES.server, payload);
}

/** Encodes one metadata context in answer to its options. */
export function encodeContext(option: number, name: string): Buffer {
  const payload = Buffer.alloc(4 + Buffer.byteLength(name));
  payload.writeUInt32BE(BASE_ALLOCATION_ID, 0);
  payload.write(name, 4, 'utf8');
  return encodeOptionReply(option, NBD_REPLIES.metaContext, payload);
}
