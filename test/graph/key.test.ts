import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moduleFunction, shipFunction } from '../../src/graph/functions.js';
import { tokenize } from '../../src/graph/key.js';

/** One value of every kind, each different from the others. */
const DIFFERENT: readonly unknown[] = [
  0,
  -0,
  Number.NaN,
  Infinity,
  1,
  1n,
  '1',
  true,
  'true',
  false,
  null,
  undefined,
  'null',
  '',
  '\ud800',
  '\udc00',
  '\ufffd',
  '\\ud800',
  [],
  [[]],
  [undefined],
  ['a', 'b'],
  ['a,b'],
  ['a","b'],
  {},
  { a: undefined },
  { a: 1 },
  { a: '1' },
  { 'a:1': 1 },
  ['a', 1],
  new Map([['a', 1]]),
  new Map<string, number>(),
  new Set(),
  new Set(['a']),
  new Set(['a', 'b']),
  new Set(['b', 'a']),
  new Uint8Array(8),
  new Int8Array(8),
  new Float64Array(1),
  new Float32Array(2),
  new BigInt64Array(1),
  new Uint8Array(9),
  new DataView(new ArrayBuffer(8)),
  new ArrayBuffer(8),
  new Uint8Array(100),
  new Uint8Array(101),
  Uint8Array.from({ length: 100 }, (_, i) => (i === 99 ? 1 : 0)),
  new Date(0),
  new Date(Number.NaN),
  new Date(1),
  /x/,
  /x/g,
  new URL('http://a/'),
  'http://a/',
];

describe('tokenize', () => {
  it('tells all different values apart', () => {
    expect(new Set(DIFFERENT.map(tokenize)).size).toBe(DIFFERENT.length);
    for (const value of DIFFERENT) expect(tokenize(value)).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is equal for a clone, and changes when any part of the value does', () => {
    const data = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withNullPrototype: true,
    });
    fc.assert(
      fc.property(data, data, (a, b) => {
        expect(tokenize(structuredClone(a))).toBe(tokenize(a));
        expect(tokenize([a, 1])).not.toBe(tokenize([a, 2]));
        expect(tokenize([a, b])).not.toBe(tokenize([[a, b]]));
      }),
    );
  });

  it('ignores the order of keys and the realm, the offset and the sharing of buffers', () => {
    expect(tokenize({ a: 1, b: { d: 1, c: 2 } })).toBe(tokenize({ b: { c: 2, d: 1 }, a: 1 }));
    expect(tokenize(runInNewContext('({ a: [1, { b: 2 }] })'))).toBe(tokenize({ a: [1, { b: 2 }] }));
    const shared = new Float64Array(new SharedArrayBuffer(808), 8);
    shared.fill(3);
    expect(tokenize(shared)).toBe(tokenize(new Float64Array(100).fill(3)));
    expect(tokenize(Buffer.from('abc'))).toBe(tokenize(new TextEncoder().encode('abc')));
  });

  it('takes the same object twice where it does not contain itself', () => {
    const x = { a: 1 };
    expect(tokenize([x, x])).toBe(tokenize([{ a: 1 }, { a: 1 }]));
  });

  it('keeps its answers from release to release', () => {
    // Keys name results that are stored or that other machines hold. Truth: sha256sum of the text that encodes the value.
    expect(tokenize({ op: 'add', shape: [2, 3], value: -0, data: new Int16Array([1, 2]) })).toBe(
      '48b92a1eb137e2af89d411893ad23733',
    );
  });

  it('takes functions as specs', () => {
    const k = 2;
    const of = (value: number) => tokenize(shipFunction((x: number) => x + k, { k: value }));
    expect(of(1)).toBe(of(1));
    expect(of(1)).not.toBe(of(2));
    expect(tokenize(moduleFunction('a', 'f'))).not.toBe(tokenize(moduleFunction('a', 'g')));
  });

  it('names the path of what has no key', () => {
    class Grid {}
    const cyclic: { list: unknown[] } = { list: [] };
    cyclic.list.push(0, cyclic);
    expect(() => tokenize({ a: [1, { b: () => 1 }] })).toThrow(
      /the value\.a\[1\]\.b: it is a function\. Ship it first/,
    );
    expect(() => tokenize({ 'a b': Symbol('x') })).toThrow(/the value\["a b"\]: it is a symbol/);
    expect(() => tokenize([new Grid()])).toThrow(/the value\[0\]: it is an instance of Grid/);
    expect(() => tokenize(new Map([['k', new WeakSet()]]))).toThrow(/the value\[0\]: .* WeakSet/);
    expect(() => tokenize(cyclic)).toThrow(/the value\.list\[1\]: it contains itself/);
  });
});
