/** What distributed writes (recorded by test/truth/cluster_frames.py) is read here, and what is written here is what it writes. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeMessage,
  decodeResult,
  EnumMember,
  encodeMessage,
  encodeResult,
  Pickled,
  PythonOnlyError,
  payloadOf,
  Serialized,
} from '../../../src/cluster/wire/index.js';
import { DTYPES, viewOf } from '../../../src/kernels/dtype.js';

interface Recorded {
  readonly name: string;
  readonly frames: readonly string[];
  readonly expected: { readonly dtype: string; readonly shape: number[]; readonly elements: string[] } | null;
}
const book = JSON.parse(
  readFileSync(new URL('../../truth/cluster-frames.json', import.meta.url), 'utf8'),
) as Recorded[];
const framesOf = (name: string): Uint8Array[] =>
  book.find((m) => m.name === name)!.frames.map((f) => new Uint8Array(Buffer.from(f, 'base64')));
const messageOf = (name: string) => decodeMessage(framesOf(name)) as Record<string, Serialized>;

const elementsOf = (data: Iterable<number | bigint>, dtype: string): string[] =>
  [...data].map((x) =>
    dtype === 'bool'
      ? x
        ? 'True'
        : 'False'
      : dtype.startsWith('float') && Number.isInteger(x)
        ? `${x}.0`
        : String(x),
  );

describe('NumPy arrays', () => {
  test.each(book.filter((m) => m.expected))('$name', ({ name, expected }) => {
    const result = decodeResult(messageOf(name).data!);
    const [block] = 'blocks' in result ? result.blocks : [];
    expect(block).toMatchObject({ dtype: expected!.dtype, shape: expected!.shape });
    expect(elementsOf(block!.data, block!.dtype)).toEqual(expected!.elements);
  });

  test('lists of them are several blocks, dictionaries a value', () => {
    expect(decodeResult(messageOf('list of arrays').data!)).toMatchObject({
      blocks: [{ dtype: 'bool' }, { dtype: 'int64', shape: [] }],
    });
    expect(decodeResult(messageOf('dictionary').data!)).toMatchObject({
      value: { a: { dtype: 'bool' }, b: 1 },
    });
  });

  test('what lies outside of its bytes is refused', () => {
    const { header, frames } = messageOf('float64 2 x 3').data!;
    const sub = header['sub-header'] as object;
    const damaged = (change: object) =>
      new Serialized({ ...header, 'sub-header': { ...sub, ...change } }, frames);
    expect(() => decodeResult(damaged({ shape: [200, 3] }))).toThrow('would lie at byte');
    expect(() => decodeResult(damaged({ strides: [8, 1000] }))).toThrow('would lie at byte');
    expect(() => decodeResult(damaged({ strides: [-8, 8] }))).toThrow('without its strides');
    expect(() => decodeResult(damaged({ dtype: [0, '<c16'] }))).toThrow('complex numbers');
    expect(() => decodeResult(damaged({ dtype: [1, '…'] }))).toThrow(PythonOnlyError);
    expect(() => decodeResult(new Serialized({ serializer: 'pickle' }, frames))).toThrow(PythonOnlyError);
  });
});

describe('markers', () => {
  test('sets, enumerations, tuples as keys, pickles', () => {
    expect(messageOf('set')).toEqual({ keys: new Set(['a']), nested: [{ who: new Set(['b']) }] });
    expect(messageOf('enumeration')).toEqual({
      status: new EnumMember('running', 'distributed.core', 'Status'),
    });
    expect(messageOf('tuples as keys')).toEqual({ nbytes: { '["x",0]': 8, y: 16 } });
    const pickled = (messageOf('pickled') as unknown as { run_spec: Pickled }).run_spec;
    expect(pickled).toBeInstanceOf(Pickled);
    expect([...pickled.buffers[0]!.slice(0, 9)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1]);
  });

  test('are written as distributed writes them', () => {
    for (const name of ['set', 'enumeration']) expect(encodeMessage(messageOf(name))).toEqual(framesOf(name));
  });

  test('come back in any message', () => {
    const leaf = fc.oneof(
      fc.integer(),
      fc.string(),
      fc.constant(null),
      fc.boolean(),
      fc.uint8Array({ maxLength: 5 }).map((b) => new Serialized({ serializer: 'x' }, [b, b])),
      fc.uint8Array({ maxLength: 5 }).map((b) => new Pickled(b, [b])),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(
          fc.string().filter((s) => !s.startsWith('__')),
          tie('tree'),
          { maxKeys: 4, noNullPrototype: true },
        ),
        fc.array(fc.string(), { maxLength: 3 }).map((list) => new Set(list)),
      ),
    }));
    fc.assert(
      fc.property(tree, (message) => {
        expect(decodeMessage(encodeMessage(message))).toEqual(message);
      }),
    );
  });
});

describe('results', () => {
  test('blocks come back, one and several', () => {
    const block = fc
      .record({
        dtype: fc.constantFrom(...DTYPES),
        shape: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
      })
      .map(({ dtype, shape }) => {
        const length = shape.reduce((a, b) => a * b, 1);
        const data = viewOf(dtype, new ArrayBuffer(8 * length + 16), 8, length);
        for (let i = 0; i < length; i++)
          data[i] = (typeof data[i] === 'bigint' ? BigInt(i % 2) : i % 2) as never;
        return { dtype, shape, data };
      });
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 3 }), (blocks) => {
        const message = decodeMessage(encodeMessage({ data: encodeResult({ blocks }) })) as {
          data: Serialized;
        };
        expect(decodeResult(message.data)).toEqual({ blocks });
      }),
    );
  });

  test('values come back', () => {
    for (const value of [undefined, 1n, new Map([[1, 2]]), { a: [new Float64Array(2)] }])
      expect(decodeResult(encodeResult({ value }))).toEqual({ value });
  });
});

describe('payloads of tasks', () => {
  const payloadIn = (name: string): string | undefined => {
    const payload = payloadOf(messageOf(name).run_spec);
    return payload && Buffer.from(payload).toString();
  };

  test('travel beside pickles, and are not looked for in tasks of Python', () => {
    expect(payloadIn('payload')).toBe('CBX'.repeat(2000));
    expect(payloadIn('task of Python')).toBeUndefined();
  });
});
