import { DeviceError } from '../../../shared/errors/vault-error.ts';
import { alignmentOf, type DbusValue } from './dbus-values.ts';

/** Nesting that the specification allows is 64; nothing that is asked for here has more than this. */
const DEPTH_LIMIT = 16;

/** Reads values of any signature from a message, little-endian, each length checked. */
export class DbusReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;

  /** @param bytes - Borrowed: byte lists are views on it. */
  constructor(bytes: Uint8Array, atBytes = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = atBytes;
  }

  get atBytes(): number {
    return this.#at;
  }

  align(bytes: number): void {
    this.#at = Math.ceil(this.#at / bytes) * bytes;
  }

  /** Reads one value of each complete type in a signature. */
  values(signature: string): readonly DbusValue[] {
    const values: DbusValue[] = [];
    for (let at = 0; at < signature.length; ) {
      const type = completeType(signature, at);
      values.push(this.#value(type, 0));
      at += type.length;
    }
    return values;
  }

  #value(type: string, depth: number): DbusValue {
    if (depth > DEPTH_LIMIT) throw malformed();
    const code = type.charAt(0);
    this.align(alignmentOf(code));
    if (code === 'a') return this.#array(type.slice(1), depth);
    if (code === '(') return this.#structure(type.slice(1, -1), depth);
    if (code === 'v') return this.#value(completeType(this.#signature(), 0), depth + 1);
    if (code === 's' || code === 'o') return this.#text(this.#uint32());
    if (code === 'g') return this.#signature();
    return this.#number(code);
  }

  #number(code: string): boolean | number | bigint {
    const at = this.#take(alignmentOf(code));
    switch (code) {
      case 'y':
        return this.#view.getUint8(at);
      case 'b':
        return this.#view.getUint32(at, true) === 1;
      case 'n':
        return this.#view.getInt16(at, true);
      case 'q':
        return this.#view.getUint16(at, true);
      case 'i':
        return this.#view.getInt32(at, true);
      case 'u':
      case 'h':
        return this.#view.getUint32(at, true);
      case 'x':
        return this.#view.getBigInt64(at, true);
      case 't':
        return this.#view.getBigUint64(at, true);
      case 'd':
        return this.#view.getFloat64(at, true);
      default:
        throw malformed();
    }
  }

  #array(type: string, depth: number): DbusValue {
    const lengthBytes = this.#uint32();
    this.align(alignmentOf(type.charAt(0)));
    const from = this.#take(lengthBytes);
    if (type === 'y') return this.#bytes.subarray(from, from + lengthBytes);
    this.#at = from;
    const items: DbusValue[] = [];
    const isDictionary = type.startsWith('{');
    const itemType = isDictionary ? `(${type.slice(1, -1)})` : type;
    while (this.#at < from + lengthBytes) items.push(this.#value(itemType, depth + 1));
    if (!isDictionary) return items;
    return new Map(items as [DbusValue, DbusValue][]); // structures of two, by the type
  }

  #structure(types: string, depth: number): readonly DbusValue[] {
    const values: DbusValue[] = [];
    for (let at = 0; at < types.length; ) {
      const type = completeType(types, at);
      values.push(this.#value(type, depth + 1));
      at += type.length;
    }
    return values;
  }

  #signature(): string {
    const length = this.#view.getUint8(this.#take(1));
    return this.#text(length);
  }

  #text(lengthBytes: number): string {
    const at = this.#take(lengthBytes + 1);
    return new TextDecoder().decode(this.#bytes.subarray(at, at + lengthBytes));
  }

  #uint32(): number {
    this.align(4);
    return this.#view.getUint32(this.#take(4), true);
  }

  /** Moves on, and returns where it was. */
  #take(lengthBytes: number): number {
    const at = this.#at;
    if (at + lengthBytes > this.#bytes.length) throw malformed();
    this.#at += lengthBytes;
    return at;
  }
}

/** Returns the one complete type that begins at a place in a signature. */
function completeType(signature: string, at: number): string {
  const code = signature.charAt(at);
  if (code === '') throw malformed();
  if (code === 'a') return `a${completeType(signature, at + 1)}`;
  const closing = code === '(' ? ')' : code === '{' ? '}' : '';
  if (closing === '') return code;
  let end = at + 1;
  while (signature.charAt(end) !== closing) end += completeType(signature, end).length;
  return signature.slice(at, end + 1);
}

function malformed(): DeviceError {
  return new DeviceError('io-error', { operation: 'dbus', reason: 'malformed message' });
}
