import { DbusReader } from './dbus-reader.ts';
import type { DbusValue, DbusVariant } from './dbus-values.ts';
import { DbusWriter } from './dbus-writer.ts';

/**
 * Messages of D-Bus, protocol version 1, little-endian.
 *
 * Fixed header: byte order 0, type 1, flags 2, version 3, body length 4 (u32), serial 8 (u32), then
 * an array of fields (code, variant) from 12, then padding to 8, then the body.
 *
 * @see D-Bus specification, "Message Protocol"
 */

const LITTLE_ENDIAN = 0x6c;
const METHOD_CALL = 1;
const PROTOCOL_VERSION = 1;
const FIXED_HEADER_BYTES = 16;
/** The specification's limit. */
const MESSAGE_LIMIT_BYTES = 128 * 1024 * 1024;
/** Room for a call's header and options, beside its byte lists. */
export const CALL_ROOM_BYTES = 8192;

const TYPE_NAMES = ['invalid', 'call', 'return', 'error', 'signal'] as const;
const FIELD = {
  path: 1,
  interface: 2,
  member: 3,
  errorName: 4,
  replySerial: 5,
  destination: 6,
  signature: 8,
  descriptors: 9,
} as const;

/** A method to be called. */
export type DbusCall = Readonly<{
  destination: string;
  path: string;
  interface: string;
  member: string;
  body: readonly DbusVariant[];
}>;

/** A message that came in. */
export type DbusMessage = Readonly<{
  type: (typeof TYPE_NAMES)[number];
  /** Of the call that it answers; 0 where it answers none. */
  replySerial: number;
  errorName: string;
  /** Object, interface and name of a signal; empty in an answer. */
  path: string;
  interface: string;
  member: string;
  body: readonly DbusValue[];
}>;

/**
 * Writes a call into a buffer.
 *
 * @param target - Borrowed: {@link CALL_ROOM_BYTES} and the length of the body's byte lists.
 * @param descriptorCount - Descriptors that go along.
 * @returns Length of the message, bytes.
 */
export function encodeCall(
  call: DbusCall,
  target: Uint8Array,
  { serial, descriptorCount }: Readonly<{ serial: number; descriptorCount: number }>,
): number {
  const writer = new DbusWriter(target);
  for (const byte of [LITTLE_ENDIAN, METHOD_CALL, 0, PROTOCOL_VERSION]) writer.byte(byte);
  writer.uint32(0);
  writer.uint32(serial);
  writer.uint32(0);
  const field = (code: number, variant: DbusVariant) => {
    writer.align(8);
    writer.byte(code);
    writer.variant(variant);
  };
  field(FIELD.path, { type: 'o', value: call.path });
  field(FIELD.interface, { type: 's', value: call.interface });
  field(FIELD.member, { type: 's', value: call.member });
  field(FIELD.destination, { type: 's', value: call.destination });
  const signature = call.body.map(({ type }) => type).join('');
  if (signature !== '') field(FIELD.signature, { type: 'g', value: signature });
  if (descriptorCount > 0) field(FIELD.descriptors, { type: 'u', value: descriptorCount });
  writer.patchUint32(12, writer.lengthBytes - FIXED_HEADER_BYTES);
  writer.align(8);
  const bodyAt = writer.lengthBytes;
  for (const variant of call.body) writer.value(variant);
  writer.patchUint32(4, writer.lengthBytes - bodyAt);
  return writer.lengthBytes;
}

/**
 * Returns the length of the message that begins at a buffer's start, `undefined` where too little of
 * it is there to tell, and `null` where it is none that can be read.
 */
export function messageLength(bytes: Uint8Array): number | null | undefined {
  if (bytes.length < FIXED_HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length =
    Math.ceil((FIXED_HEADER_BYTES + view.getUint32(12, true)) / 8) * 8 + view.getUint32(4, true);
  const isReadable = bytes[0] === LITTLE_ENDIAN && bytes[3] === PROTOCOL_VERSION;
  return isReadable && length <= MESSAGE_LIMIT_BYTES ? length : null;
}

/**
 * Parses a whole message.
 *
 * @param bytes - Borrowed: byte lists in the body are views on it.
 * @throws DeviceError `io-error` where it is malformed.
 */
export function parseMessage(bytes: Uint8Array): DbusMessage {
  const reader = new DbusReader(bytes, 12);
  const [list = []] = reader.values('a(yv)');
  const fields = new Map(list as [number, DbusValue][]); // by the type
  reader.align(8);
  const signature = String(fields.get(FIELD.signature) ?? '');
  return {
    type: TYPE_NAMES[bytes[1] ?? 0] ?? 'invalid',
    replySerial: Number(fields.get(FIELD.replySerial) ?? 0),
    errorName: String(fields.get(FIELD.errorName) ?? ''),
    path: String(fields.get(FIELD.path) ?? ''),
    interface: String(fields.get(FIELD.interface) ?? ''),
    member: String(fields.get(FIELD.member) ?? ''),
    body: reader.values(signature),
  };
}
