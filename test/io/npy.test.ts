import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { openNpy } from '../../src/io/npy.js';
import { formatNpyHeader } from '../../src/io/npy-header.js';
import type { DType } from '../../src/kernels/dtype.js';
import { pickPart, read, whole } from './run.js';

const data = join(import.meta.dirname, '../data/io/npy');
interface Truth {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly values: readonly (number | string | boolean)[];
}
const truth = JSON.parse(readFileSync(join(data, 'truth.json'), 'utf8')) as Record<string, Truth>;
const room = mkdtempSync(join(tmpdir(), 'tilework-npy-'));
afterAll(() => rmSync(room, { recursive: true }));

const expected = ({ dtype, values }: Truth): unknown[] =>
  values.map((v) => (dtype === 'int64' || dtype === 'uint64' ? BigInt(v) : Number(v)));

describe('files written by NumPy', () => {
  const files = Object.keys(truth).filter((name) => name.endsWith('.npy'));
  test.each(files)('%s', async (name) => {
    const source = openNpy(join(data, name));
    expect(source).toMatchObject({ dtype: truth[name]!.dtype, shape: truth[name]!.shape });
    expect([...(await read(source))]).toEqual(expected(truth[name]!));
  });

  test.each([
    ['complex.npy', /<c16 \(complex numbers\)/],
    ['unicode.npy', /<U2 \(strings\)/],
    ['bytes.npy', /\|S2 \(byte strings\)/],
    ['datetime.npy', /<M8\[D\] \(datetimes\)/],
    ['half.npy', /<f2 \(floats of this width\)/],
    ['object.npy', /\|O \(Python objects\)/],
    ['record.npy', /\[\('x', '<f8'\), \('y', '<i4'\)\] \(structured records\)/],
  ])('%s is refused, naming file and dtype', (name, message) => {
    expect(() => openNpy(join(data, name))).toThrow(message);
    expect(() => openNpy(join(data, name))).toThrow(name);
  });
});

/** A file of the numbers 0, 1, 2, … in C order of `shape`, stored in either order. */
function counting(name: string, shape: readonly number[], order: 'C' | 'F'): string {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float64Array.from({ length: size }, (_, i) => i);
  let stored = values;
  if (order === 'F') {
    const n = shape.length;
    const reversed = [...shape].reverse();
    const strides = shape.map((_, k) => shape.slice(k + 1).reduce((a, b) => a * b, 1));
    stored = new Float64Array(size);
    const index = new Array<number>(n).fill(0);
    for (let i = 0; i < size; i++) {
      let rest = i;
      for (let k = n - 1; k >= 0; k--) {
        index[k] = rest % reversed[k]!;
        rest = Math.floor(rest / reversed[k]!);
      }
      stored[i] = index.reduce((at, v, k) => at + v * strides[n - 1 - k]!, 0);
    }
  }
  const header = Buffer.from(formatNpyHeader('float64', shape));
  const text = header.toString('latin1').replace('False', order === 'F' ? 'True ' : 'False');
  const path = join(room, name);
  writeFileSync(path, Buffer.concat([Buffer.from(text, 'latin1'), Buffer.from(stored.buffer)]));
  return path;
}

describe('regions', () => {
  test('any region of any small array, in both orders', async () => {
    const arbitrary = fc
      .array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 })
      .chain((shape) =>
        fc.record({
          shape: fc.constant(shape),
          order: fc.constantFrom('C' as const, 'F' as const),
          axes: fc.tuple(
            ...shape.map((n) =>
              fc.record({
                start: fc.nat({ max: n - 1 }),
                step: fc.integer({ min: 1, max: 3 }),
                part: fc.nat(),
              }),
            ),
          ),
        }),
      );
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ shape, order, axes }) => {
        const part = {
          start: axes.map((a) => a.start),
          step: axes.map((a) => a.step),
          count: axes.map((a, k) => a.part % (Math.ceil((shape[k]! - a.start) / a.step) + 1)),
        };
        const source = openNpy(counting('any.npy', shape, order));
        const all = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i);
        expect([...(await read(source, part))]).toEqual(pickPart(all, shape, part));
      }),
      { numRuns: 150 },
    );
  });

  const shape = [3, 700, 800];
  const all = Float64Array.from({ length: 3 * 700 * 800 }, (_, i) => i);
  test.each([
    ['bands', [1, 100, 0], [1, 1, 1], [1, 300, 800]],
    ['columns', [0, 0, 5], [1, 1, 1], [3, 700, 1]],
    ['a corner', [0, 600, 700], [2, 1, 1], [2, 100, 100]],
    ['steps inside', [0, 0, 0], [1, 7, 3], [3, 100, 266]],
    ['long runs', [0, 3, 1], [1, 3, 1], [3, 200, 799]],
    ['everything', [0, 0, 0], [1, 1, 1], [3, 700, 800]],
  ])('beyond one window: %s', async (_, start, step, count) => {
    const part = { start, step, count };
    const wanted = pickPart(all, shape, part);
    for (const order of ['C', 'F'] as const) {
      const got = await read(openNpy(counting(`large-${order}.npy`, shape, order)), part);
      expect(got.length).toBe(wanted.length);
      expect(got.findIndex((v, i) => v !== wanted[i])).toBe(-1);
    }
  });

  test('beyond the array is an error', async () => {
    const source = openNpy(join(data, 'one.npy'));
    await expect(read(source, { start: [3], step: [2], count: [2] })).rejects.toThrow(
      /\[2\] elements from \[3\] in steps of \[2\].*one\.npy has shape \[5\]/,
    );
  });
});

describe('files that are not whole', () => {
  test('truncated data is refused when opened, with both sizes', () => {
    const path = join(room, 'short.npy');
    copyFileSync(join(data, 'le_f8.npy'), path);
    truncateSync(path, 200);
    expect(() => openNpy(path)).toThrow(/short\.npy is truncated: expected 224 bytes, found 200/);
    truncateSync(path, 100);
    expect(() => openNpy(path)).toThrow(/short\.npy ends in its header: expected 128 bytes, found 100/);
    truncateSync(path, 8);
    expect(() => openNpy(path)).toThrow(/ends in its header/);
    truncateSync(path, 0);
    expect(() => openNpy(path)).toThrow(/ends in its header/);
  });

  test('other formats and damaged headers are refused', () => {
    const path = join(room, 'other.npy');
    writeFileSync(path, 'PK\x03\x04 and more');
    expect(() => openNpy(path)).toThrow(/not in NumPy's npy format/);
    const bytes = readFileSync(join(data, 'le_f8.npy'));
    bytes.write('xxxxx', 14);
    writeFileSync(path, bytes);
    expect(() => openNpy(path)).toThrow(/damaged header/);
    expect(() => openNpy(join(room, 'none.npy'))).toThrow(/cannot read .*none\.npy: no such file.*ENOENT/);
  });

  test('a file that changed after it was opened is refused', async () => {
    const path = join(room, 'changed.npy');
    copyFileSync(join(data, 'le_f8.npy'), path);
    const source = openNpy(path);
    utimesSync(path, 1, 1);
    await expect(read(source, whole(source))).rejects.toThrow(/changed\.npy has changed since it was opened/);
  });
});
