import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodeJson,
  isJsonObject,
  type JsonValue,
  parseStrictJson,
} from '../../../main/luks/strict-json.ts';

const parse = (text: string) => parseStrictJson(new TextEncoder().encode(text));

const invalid = (reason: string) =>
  expect.objectContaining({ code: 'metadata-invalid', data: expect.objectContaining({ reason }) });

function anyJson(): fc.Arbitrary<JsonValue> {
  const name = fc
    .string({ unit: 'grapheme', maxLength: 12 })
    .filter((text) => !text.includes('\0'));
  return fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 6 },
      name,
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 5 }),
      fc.array(fc.tuple(name, tie('value')), { maxLength: 5 }).map((members) => new Map(members)),
    ),
  })).value;
}

describe('what is accepted', () => {
  it('reads what it encodes, in the same order, for any value', () => {
    fc.assert(
      fc.property(anyJson(), (value) => {
        expect(parse(encodeJson(value))).toEqual(value);
        expect(encodeJson(parse(encodeJson(value)))).toBe(encodeJson(value));
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  it('keeps numbered and odd member names in their order', () => {
    const text = '{"9":1,"0":2,"__proto__":{"x":3},"constructor":4,"":5}';
    expect(encodeJson(parse(text))).toBe(text);
  });

  it('agrees with JSON.parse on escapes, spaces and surrogate pairs', () => {
    const text =
      '\t{ "a\\/b" : "\\u00e9\\ud83d\\ude00\\n\\"" ,\r\n "c": [ 1 , true , null ] }'.trim();
    const value = parse(text);
    if (!isJsonObject(value)) throw new TypeError('an object was encoded');
    expect(value.get('a/b')).toBe('é😀\n"');
    expect(JSON.parse(encodeJson(value))).toEqual(JSON.parse(text));
  });

  it('reads sixteen levels', () => {
    const text = `${'['.repeat(16)}1${']'.repeat(16)}`;
    expect(encodeJson(parse(text))).toBe(text);
  });

  it('reads 64-bit integers exactly', () => {
    expect(parse('[18446744073709551615,-9223372036854775808,9007199254740993]')).toEqual([
      18446744073709551615n,
      -9223372036854775808n,
      9007199254740993n,
    ]);
  });
});

describe('what is refused', () => {
  it.each([
    ['', 'value-expected'],
    ['{', 'name-expected'],
    ['{"a":1', 'punctuation-expected'],
    ['{"a":1,}', 'name-expected'],
    ['[1,]', 'value-expected'],
    ["{'a':1}", 'name-expected'],
    ['{"a":1/*x*/}', 'punctuation-expected'],
    ['{"a":1}//', 'trailing-bytes'],
    ['{"a":1} ', 'trailing-bytes'],
    ['{}{}', 'trailing-bytes'],
    ['NaN', 'value-expected'],
    ['-Infinity', 'value-expected'],
    ['1.0', 'integer-expected'],
    ['1e3', 'integer-expected'],
    ['0x10', 'integer-expected'],
    ['01', 'integer-expected'],
    ['+1', 'value-expected'],
    ['-0', 'integer-out-of-range'],
    ['18446744073709551616', 'integer-out-of-range'],
    ['-9223372036854775809', 'integer-out-of-range'],
    ['{"a":1,"a":2}', 'duplicate-member'],
    ['{"a":1,"\\u0061":2}', 'duplicate-member'],
    ['"a\\u0000b"', 'escaped-nul'],
    ['"\\ud800"', 'lone-surrogate'],
    ['"\\udc00\\ud800"', 'lone-surrogate'],
    ['"a\nb"', 'string-invalid'],
    ['"a', 'string-invalid'],
    ['"\\x41"', 'escape-invalid'],
    ['"\\u12g4"', 'escape-invalid'],
    ['\ufeff{}', 'value-expected'],
    ['tru', 'value-expected'],
    [`${'['.repeat(17)}${']'.repeat(17)}`, 'too-deep'],
    ['['.repeat(200_000), 'too-deep'],
  ])('row %#', (text, reason) => {
    expect(() => parse(text)).toThrow(invalid(reason));
  });

  it('bad UTF-8, overlong forms and encoded surrogates', () => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc0, 0x80, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
    ]) {
      expect(() => parseStrictJson(Uint8Array.from(bytes))).toThrow(invalid('utf8-invalid'));
    }
  });

  it('names the path, in plain characters and bounded', () => {
    const bad = `{"keyslots":{"\u001b[31m${'x'.repeat(500)}":{"a":1.5}}}`;
    expect(() => parse('{"keyslots":{"0":{"kdf":[1.5]}}}')).toThrow(
      expect.objectContaining({ data: { path: 'keyslots.0.kdf', reason: 'integer-expected' } }),
    );
    try {
      parse(bad.replace('\u001b', '\\u001b'));
      expect.unreachable();
    } catch (error) {
      const path = String((error as { data: { path: string } }).data.path); // thrown by parse
      expect(path).toMatch(/^keyslots\.[\w?.]+$/);
      expect(path.length).toBeLessThanOrEqual(120);
    }
  });
});
