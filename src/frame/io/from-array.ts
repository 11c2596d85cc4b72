import type { TileArray } from '../../array/array.js';
import { asarray } from '../../array/asarray.js';
import type { ArrayInput, DTypeOf } from '../../array/input.js';
import type { DType } from '../../kernels/dtype.js';
import { DataFrame } from '../frame.js';
import { checkUnique } from '../plan/check.js';
import * as make from '../plan/make.js';
import type { ArraySource } from '../plan/source.js';
import type { Schema } from '../types.js';

/** The schema of a frame of an array: all columns have the array's dtype. */
export type ArraySchema<A, N> = N extends readonly string[]
  ? { readonly [K in N[number]]: DTypeOf<A> }
  : N extends string
    ? { readonly [K in N]: DTypeOf<A> }
    : { readonly [column: string]: DTypeOf<A> };

/**
 * A frame of an array: a column for each column of a 2-dimensional one, or one column of a 1-dimensional one. Lazy as the array is: its
 * blocks are computed, and become rows, when the frame is computed; it may be larger than memory.
 *
 * @param names of the columns; default `column_0`, `column_1`, …, or `value` for a 1-dimensional array
 * @throws RangeError for an array of another number of axes, of a column axis of unknown length, or for a wrong number of names
 * @example
 * await fromArray(x, ['a', 'b', 'c']).filter(col('a').gt(0)).rows(); // [{ a: 3, b: 4, c: 5 }]
 */
export function fromArray<
  const A extends ArrayInput,
  const N extends string | readonly string[] | undefined = undefined,
>(values: A, names?: N): DataFrame<ArraySchema<A, N>> {
  const array = asarray(values) as TileArray<DType>;
  const { ndim, shape } = array;
  if (ndim !== 1 && ndim !== 2)
    throw new RangeError(
      `fromArray: an array of shape [${shape.join(', ')}] has ${ndim} axes, where a frame has rows and columns; reshape it, or take a slice of 2`,
    );
  const width = ndim === 1 ? 1 : shape[1]!;
  if (Number.isNaN(width))
    throw new RangeError(
      'fromArray: it is not known how many columns the array has; call computeChunkSizes() on it before',
    );
  const given: readonly string[] | undefined = typeof names === 'string' ? [names] : names;
  const columns =
    given ?? (ndim === 1 ? ['value'] : Array.from({ length: width }, (_, column) => `column_${column}`));
  if (columns.length !== width)
    throw new RangeError(
      `fromArray: an array of shape [${shape.join(', ')}] has ${width} columns, and ${columns.length} names were given`,
    );
  checkUnique('fromArray', columns);
  const schema: Schema = Object.fromEntries(columns.map((name) => [name, array.dtype]));
  const source: ArraySource = Object.freeze({ from: 'array', schema, array });
  return new DataFrame(make.scan(source, columns));
}
