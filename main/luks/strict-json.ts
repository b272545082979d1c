/**
 * A JSON reader that takes only what the reference implementation writes.
 *
 * Parsers that tolerate duplicate members, comments, single quotes or trailing text disagree about
 * what a hostile header means, so all of these are refused, as are fractions, exponents, `-0`,
 * integers outside 64 bits, escaped NUL, lone surrogates, control characters in strings, bad UTF-8
 * and nesting deeper than {@link JSON_DEPTH_LIMIT}. Integers are `bigint` and objects are maps, so
 * that encoding gives back the same members in the same order, whatever their names are.
 *
 * @see RFC 8259; LUKS2 specification 1.1.4, section 3
 */

import { metadataError } from './metadata-error.ts';

/** Objects and lists inside each other, the outermost one counted. */
export const JSON_DEPTH_LIMIT = 16;

const INTEGER_MINIMUM = -(2n ** 63n);
const INTEGER_MAXIMUM = 2n ** 64n - 1n;

export type JsonObject = ReadonlyMap<string, JsonValue>;
export type JsonValue = string | bigint | boolean | null | readonly JsonValue[] | JsonObject;

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * Parses one JSON document that starts at the first byte and ends at the last one.
 *
 * @param bytes - Borrowed: UTF-8 without a byte order mark.
 * @throws FormatError `metadata-invalid` with the path and the reason.
 */
export function parseStrictJson(bytes: Uint8Array): JsonValue {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw metadataError('', 'utf8-invalid');
  }
  return new StrictJsonParser(text).parseDocument();
}

class StrictJsonParser {
  readonly #text: string;
  readonly #path: string[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parseDocument(): JsonValue {
    const value = this.#parseValue(0);
    if (this.#at !== this.#text.length) throw this.#error('trailing-bytes');
    return value;
  }

  #parseValue(depth: number): JsonValue {
    const character = this.#text[this.#at];
    if (character === '{' || character === '[') {
      if (depth >= JSON_DEPTH_LIMIT) throw this.#error('too-deep');
      return character === '{' ? this.#parseObject(depth) : this.#parseArray(depth);
    }
    if (character === '"') return this.#parseString();
    if (this.#accept('true')) return true;
    if (this.#accept('false')) return false;
    if (this.#accept('null')) return null;
    return this.#parseInteger();
  }

  #parseObject(depth: number): JsonObject {
    const members = new Map<string, JsonValue>();
    this.#at += 1;
    this.#skipSpace();
    if (this.#accept('}')) return members;
    for (;;) {
      if (this.#text[this.#at] !== '"') throw this.#error('name-expected');
      const name = this.#parseString();
      if (members.has(name)) throw this.#error('duplicate-member', name);
      this.#skipSpace();
      this.#expect(':');
      this.#skipSpace();
      this.#path.push(name);
      members.set(name, this.#parseValue(depth + 1));
      this.#path.pop();
      this.#skipSpace();
      if (this.#accept('}')) return members;
      this.#expect(',');
      this.#skipSpace();
    }
  }

  #parseArray(depth: number): readonly JsonValue[] {
    const items: JsonValue[] = [];
    this.#at += 1;
    this.#skipSpace();
    if (this.#accept(']')) return items;
    for (;;) {
      items.push(this.#parseValue(depth + 1));
      this.#skipSpace();
      if (this.#accept(']')) return items;
      this.#expect(',');
      this.#skipSpace();
    }
  }

  #parseString(): string {
    let result = '';
    this.#at += 1;
    for (;;) {
      const start = this.#at;
      while (isPlainCharacter(this.#text, this.#at)) this.#at += 1;
      result += this.#text.slice(start, this.#at);
      const character = this.#text[this.#at];
      this.#at += 1;
      if (character === '"') break;
      if (character !== '\\') throw this.#error('string-invalid');
      result += this.#parseEscape();
    }
    if (!result.isWellFormed()) throw this.#error('lone-surrogate');
    return result;
  }

  #parseEscape(): string {
    const character = this.#text[this.#at] ?? '';
    this.#at += 1;
    if (character !== 'u') {
      const plain = SHORT_ESCAPES[character];
      if (plain === undefined) throw this.#error('escape-invalid');
      return plain;
    }
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#error('escape-invalid');
    this.#at += 4;
    // SECURITY: C readers end a string at NUL, so they and we would see different names.
    if (digits === '0000') throw this.#error('escaped-nul');
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #parseInteger(): bigint {
    const pattern = /-?(?:0|[1-9]\d{0,19})/y;
    pattern.lastIndex = this.#at;
    const digits = pattern.exec(this.#text)?.[0];
    if (digits === undefined) throw this.#error('value-expected');
    this.#at += digits.length;
    if (/[\d.eE+\-xX]/.test(this.#text[this.#at] ?? '')) throw this.#error('integer-expected');
    const value = BigInt(digits);
    if (digits === '-0' || value < INTEGER_MINIMUM || value > INTEGER_MAXIMUM) {
      throw this.#error('integer-out-of-range');
    }
    return value;
  }

  #accept(literal: string): boolean {
    if (!this.#text.startsWith(literal, this.#at)) return false;
    this.#at += literal.length;
    return true;
  }

  #expect(literal: string): void {
    if (!this.#accept(literal)) throw this.#error('punctuation-expected');
  }

  #skipSpace(): void {
    while (' \t\n\r'.includes(this.#text[this.#at] ?? 'x')) this.#at += 1;
  }

  #error(reason: string, name?: string): Error {
    const path = name === undefined ? this.#path : [...this.#path, name];
    return metadataError(path.join('.'), reason);
  }
}

function isPlainCharacter(text: string, at: number): boolean {
  const code = text.charCodeAt(at); // NaN past the end, which is not plain
  return code >= 0x20 && code !== 0x22 && code !== 0x5c;
}

/** Encodes a value as compact JSON, members in their order, "/" not escaped. */
export function encodeJson(value: JsonValue): string {
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isJsonObject(value)) {
    const members = [...value].map(
      ([name, member]) => `${JSON.stringify(name)}:${encodeJson(member)}`,
    );
    return `{${members.join(',')}}`;
  }
  return `[${value.map(encodeJson).join(',')}]`;
}

/** Tells an object from the other JSON values. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return value instanceof Map;
}
