import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContractError } from '../../../shared/errors/vault-error.ts';
import { createFrameCodec } from '../../../shared/ipc/frame.ts';

const codec = createFrameCodec({
  encode: (text) => new TextEncoder().encode(text),
  decode: (bytes) => new TextDecoder('utf-8', { fatal: true }).decode(bytes),
});

/** Messages as the contract has them: plain JSON, with up to three byte fields. */
const messages = fc.record({
  id: fc.nat(),
  channel: fc.string({ unit: 'binary' }),
  input: fc.record({
    text: fc.string({ unit: 'grapheme' }),
    list: fc.array(fc.oneof(fc.integer(), fc.boolean(), fc.constant(null)), { maxLength: 4 }),
    secret: fc.record({ bytes: fc.uint8Array({ maxLength: 300 }) }),
    more: fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 2 }),
  }),
});

/** A frame of any header text and body. */
function frameOf(header: string, body: readonly number[] = []): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = new Uint8Array(new Uint32Array([text.length]).buffer);
  return new Uint8Array([...length, ...text, ...body]);
}

const frameWith = (message: unknown, parts: unknown, body: readonly number[] = []) =>
  frameOf(JSON.stringify({ message, parts }), body);

describe('the frame codec', () => {
  it('gives back every message', () => {
    fc.assert(
      fc.property(messages, (message) => {
        expect(codec.decode(codec.encode(message))).toEqual(message);
      }),
    );
  });

  it('keeps byte fields out of the JSON, which would make strings of them', () => {
    const bytes = new TextEncoder().encode('correct horse');
    const frame = codec.encode({ id: 1, input: { secret: { bytes } } });
    const headerEnd = 4 + new DataView(frame.buffer).getUint32(0, true);
    const header = new TextDecoder().decode(frame.subarray(4, headerEnd));
    expect(header).toContain('"bytes":null');
    expect(frame.subarray(headerEnd)).toEqual(bytes);
  });

  it('decodes byte fields as views, so that wiping the frame wipes them', () => {
    const frame = codec.encode({ secret: new Uint8Array([1, 2, 3]) });
    const message = codec.decode(frame) as { secret: Uint8Array }; // what was encoded
    frame.fill(0);
    expect(message.secret).toEqual(new Uint8Array(3));
  });

  it('refuses any bytes that are no frame with the one code, and never otherwise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          codec.decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(ContractError);
          expect(error).toMatchObject({ code: 'payload-invalid', data: { path: 'frame' } });
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('survives a change of any one byte of a frame', () => {
    const frame = codec.encode({ id: 3, channel: 'vault.mount', input: { a: new Uint8Array(4) } });
    fc.assert(
      fc.property(fc.nat(frame.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = frame.slice();
        changed[at] = (changed[at] ?? 0) ^ mask;
        try {
          codec.decode(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(ContractError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['no bytes', new Uint8Array()],
    ['a header longer than the frame', new Uint8Array([255, 255, 255, 255, 1])],
    ['no JSON', frameOf('{')],
    ['no object', frameOf('7')],
    ['invalid UTF-8', new Uint8Array([1, 0, 0, 0, 0xff])],
    ['no parts', frameOf('{"message":{}}')],
    ['too many parts', frameWith(null, Array(9).fill([[], 0]))],
    ['a part beyond the body', frameWith({ a: null }, [[['a'], 2]], [1])],
    ['body without a part', frameWith({}, [], [1])],
    ['a negative length', frameWith({ a: null }, [[['a'], -1]])],
    ['a fractional length', frameWith({ a: null }, [[['a'], 0.5]])],
    ['a part for what is not null', frameWith({ a: 1 }, [[['a'], 0]])],
    ['a part for what is missing', frameWith({}, [[['a'], 0]])],
    [
      'two parts for one field',
      frameWith({ a: null }, [
        [['a'], 0],
        [['a'], 0],
      ]),
    ],
    [
      'a part inside a part',
      frameWith(
        { a: null },
        [
          [['a'], 1],
          [['a', '0'], 0],
        ],
        [1],
      ),
    ],
    ['a path to the prototype', frameWith({}, [[['__proto__', 'polluted'], 0]])],
    ['a path to the constructor', frameWith({}, [[['constructor', 'polluted'], 0]])],
    ['a path too deep', frameWith(null, [[Array(17).fill('a'), 0]])],
  ])('refuses %s', (_name, frame) => {
    expect(() => codec.decode(frame)).toThrow(ContractError);
    expect({}).not.toHaveProperty('polluted');
  });

  it('keeps an own "__proto__" of a message an own property', () => {
    const message = codec.decode(frameOf('{"message":{"__proto__":{"x":1}},"parts":[]}'));
    expect(Object.getPrototypeOf(message)).toBe(Object.prototype);
    expect(message).not.toHaveProperty('x');
  });
});
