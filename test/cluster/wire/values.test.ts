import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeFailure,
  decodeMessage,
  decodeValue,
  encodeFailure,
  encodeMessage,
  encodeValue,
  Serialized,
  WireError,
} from '../../../src/cluster/wire/index.js';

const back = (value: unknown): unknown => decodeValue(encodeValue(value));

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: false,
  withUnicodeString: true,
  maxDepth: 4,
});

describe('values', () => {
  test('come back as they are', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(back(value)).toEqual(value);
      }),
    );
  });

  test.each([
    ['undefined', undefined],
    ['undefined inside', { a: undefined, b: [undefined] }],
    ['-0', [-0, 0]],
    ['numbers', [Number.NaN, Infinity, -Infinity, 2 ** 53, -(2 ** 53), 1e300, 0.1]],
    ['bigints', [2n ** 70n, -1n, 0n]],
    ['dates', [new Date(-1), new Date(0), new Date(8.64e15), new Date(Number.NaN)]],
    ['regular expressions', /a+\/\n/giu],
    ['lone surrogates', ['\ud800', { '\udc00': 1 }]],
    ['a name that is special', JSON.parse('{"__proto__": 1, "a": 2}')],
    ['maps and sets in each other', new Map([[new Set([1n]), new Map([['a', [undefined]]])]])],
    ['bytes', { a: Uint8Array.of(1, 2) }],
  ])('%s', (_, value) => expect(back(value)).toStrictEqual(value));

  test('of a Buffer are what they are of other bytes', () => {
    const value = { x: new Float64Array([1.5, 2]), y: [Uint8Array.of(1, 2)] };
    const bytes = Buffer.concat([Buffer.alloc(3), encodeValue(value)]).subarray(3);
    expect(decodeValue(bytes)).toStrictEqual(value);
  });

  test('elements keep their kind, and see nothing of the message', () => {
    const memory = new SharedArrayBuffer(32);
    new Float64Array(memory)[1] = 1.5;
    for (const view of [
      new Float32Array([1.5]),
      new BigUint64Array([2n ** 64n - 1n]),
      new DataView(new ArrayBuffer(3)),
      new Uint8ClampedArray([7]),
      new Uint8Array([7]),
    ]) {
      const copy = back(view) as Uint8Array;
      expect(copy).toStrictEqual(view);
      expect(copy.buffer.byteLength).toBe(view.byteLength);
    }
    expect(back(new Float64Array(memory, 8, 2))).toEqual(new Float64Array([1.5, 0]));
    expect(back(Buffer.from('ab'))).toStrictEqual(Uint8Array.of(97, 98));
    expect(back(new Uint8Array([1, 2]).buffer)).toStrictEqual(new Uint8Array([1, 2]).buffer);
  });

  test('errors keep name, message, stack, cause and properties', () => {
    const error = Object.assign(new RangeError('too far', { cause: new Error('why') }), { at: 5 });
    const copy = back(error) as typeof error;
    expect(copy).toBeInstanceOf(RangeError);
    expect(copy).toMatchObject({ message: 'too far', at: 5, cause: { message: 'why' }, stack: error.stack });
  });

  test('what cannot be sent is named', () => {
    expect(() => encodeValue({ a: [1, { f: () => 1 }] })).toThrow('the value.a[1].f is a function');
    expect(() => encodeValue(Symbol('s'))).toThrow('the value is a symbol');
    const loop: { self?: unknown } = {};
    loop.self = { loop };
    expect(() => encodeValue(loop)).toThrow('contains itself, or is nested');
    const map = new Map();
    map.set('me', map);
    expect(() => encodeValue(map)).toThrow('contains itself, or is nested');
  });

  test('any bytes make a value or a WireError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        try {
          decodeValue(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('extensions nested without end make a WireError', () => {
    let bytes = encodeValue(1);
    for (let i = 0; i < 1000; i++) {
      const head = Buffer.alloc(6);
      head[0] = 0xc9;
      head.writeUInt32BE(bytes.length, 1);
      head[5] = 5;
      bytes = new Uint8Array(Buffer.concat([head, bytes]));
    }
    expect(() => decodeValue(bytes)).toThrow(WireError);
  });
});

test('messages are Unicode, whatever texts are in them', () => {
  const message = [{ 'half \udc00': 'a \ud800', list: ['\ud83d\ude00', Uint8Array.of(0xed, 0xa0, 0x80)] }];
  expect(decodeMessage(encodeMessage(message))).toEqual([
    { 'half \ufffd': 'a \ufffd', list: ['😀', Uint8Array.of(0xed, 0xa0, 0x80)] },
  ]);
});

describe('what was thrown', () => {
  const sent = (thrown: unknown) => {
    const failure = decodeMessage(encodeMessage(encodeFailure(thrown))) as ReturnType<typeof encodeFailure>;
    return { text: failure.exception_text, error: decodeFailure(failure.exception) };
  };

  test('is told to Python in Unicode, and to Node as it was', () => {
    const { text, error } = sent(new RangeError('half \ud83d a face'));
    expect(text).toBe('RangeError: half \ufffd a face');
    expect(error).toEqual(new RangeError('half \ud83d a face'));
    expect(sent(new Error('😀'.repeat(6_000))).text).not.toMatch(/\p{Surrogate}/u);
  });

  test('is told by its text where it is not to be read', () => {
    const of = (header: object, ...frames: Uint8Array[]) =>
      decodeFailure(new Serialized({ serializer: 'msgpack', ...header }, frames), 'its text');
    expect(of({ tilework: Uint8Array.of(0xc1) })).toEqual(new Error('its text'));
    expect(of({}, Uint8Array.of(0xc1))).toEqual(new Error('its text'));
    expect(of({ tilework: encodeValue({ kind: 'value', value: undefined }) })).toBeUndefined();
  });

  test('is told by its text where the rest cannot be sent, or is large', () => {
    const deep = JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`);
    const error = Object.assign(new TypeError('deep'), { deep });
    expect(sent(error).error).toEqual(new TypeError('deep'));
    expect((sent(error).error as Error).stack).toBe(error.stack);
    expect(sent(new Error('around', { cause: error })).error).toEqual(new Error('around'));
    expect(
      sent(Object.assign(new Error('large'), { bytes: new Uint8Array(2 ** 21) })).error,
    ).not.toHaveProperty('bytes');
    expect(sent(deep).error).toBe(JSON.stringify(deep));
  });
});
