/** Arrays put beside each other, repeated, and cut apart. */
import type { DType } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import { take } from '../indexing/indexing.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { normalizeAxis, requireKnown, requireList } from '../nodes/axes.js';
import { boundaries } from '../nodes/chunks.js';
import { atLeast } from '../shape/atleast.js';
import { concatenate, type PromoteAll, stack } from './concatenate.js';

/**
 * Arrays one below the other: along the first axis, vectors being rows.
 *
 * @throws RangeError where there are no arrays, or they differ in another axis
 * @example
 * await vstack([[1, 2], [3, 4]]).compute(); // [[1. 2.] [3. 4.]]
 */
export function vstack<const T extends readonly ArrayInput[]>(inputs: T): TileArray<PromoteAll<T>> {
  requireList(inputs, 'vstack');
  return concatenate(inputs.map((x) => atLeast(x, 2))) as TileArray<PromoteAll<T>>;
}

/**
 * Arrays side by side: along the second axis, vectors one behind the other.
 *
 * @throws RangeError where there are no arrays, or they differ in another axis
 * @example
 * await hstack([[1, 2], [3]]).compute(); // [1. 2. 3.]
 * await hstack([x, x]).sum(0).compute(); // [3. 5. 7. 3. 5. 7.]
 */
export function hstack<const T extends readonly ArrayInput[]>(inputs: T): TileArray<PromoteAll<T>> {
  requireList(inputs, 'hstack');
  const arrays = inputs.map((x) => atLeast(x, 1));
  return concatenate(arrays, arrays[0]?.ndim === 1 ? 0 : 1) as TileArray<PromoteAll<T>>;
}

/**
 * Arrays one behind the other: along the third axis.
 *
 * @throws RangeError where there are no arrays, or they differ in another axis
 * @example
 * dstack([x, x]).shape; // [2, 3, 2]
 */
export function dstack<const T extends readonly ArrayInput[]>(inputs: T): TileArray<PromoteAll<T>> {
  requireList(inputs, 'dstack');
  const arrays = inputs.map((x) => atLeast(x, 3));
  return concatenate(arrays, 2) as TileArray<PromoteAll<T>>;
}

/** Lists of arrays, as deep as the result has axes to join along. */
export type Blocks = TileArray<DType> | readonly Blocks[];

/**
 * An array of arrays in nested lists: the innermost are joined along the last axis, those around them along the axis before.
 *
 * @throws RangeError where lists are empty or of different depths, or arrays do not fit together
 * @example
 * await block([[eye(1), zeros([1, 2])], [ones([2, 1]), zeros([2, 2])]]).compute(); // [[1. 0. 0.] [1. 0. 0.] [1. 0. 0.]]
 */
export function block(blocks: Blocks): TileArray<DType> {
  const depth = depthOf(blocks);
  const rank = Math.max(depth, ...leaves(blocks).map((a) => a.ndim));
  const widened = (a: TileArray<DType>): TileArray<DType> =>
    a.ndim === rank ? a : a.slice(...new Array<string>(rank - a.ndim).fill('newaxis'), '...');
  const join = (at: Blocks, level: number): TileArray<DType> =>
    at instanceof TileArray
      ? widened(at)
      : (concatenate(
          at.map((inner) => join(inner, level + 1)),
          rank - depth + level,
        ) as TileArray<DType>);
  return join(blocks, 0);
}

const leaves = (blocks: Blocks): TileArray<DType>[] =>
  blocks instanceof TileArray ? [blocks] : blocks.flatMap(leaves);

function depthOf(blocks: Blocks): number {
  if (blocks instanceof TileArray) return 0;
  requireList(blocks, 'block');
  const depths = new Set(blocks.map(depthOf));
  if (depths.size !== 1)
    throw new RangeError(
      depths.size === 0 ? 'block: a list is empty' : 'block: lists are of different depths',
    );
  return 1 + [...depths][0];
}

/**
 * The array repeated so often along each axis; `repetitions` counts from the last axis.
 *
 * @throws RangeError where a count is no whole number of 0 or more; Error where chunk sizes are unknown
 * @example
 * await tile([1, 2], 2).compute(); // [1. 2. 1. 2.]
 * tile(x, [2, 2]).shape; // [4, 6]
 */
export function tile<A extends ArrayInput>(
  x: A,
  repetitions: number | readonly number[],
): TileArray<DTypeOf<A>> {
  let array = asarray(x) as TileArray<DType>;
  requireKnown('tile', array);
  const given = typeof repetitions === 'number' ? [repetitions] : repetitions;
  const counts = [...new Array<number>(Math.max(0, array.ndim - given.length)).fill(1), ...given];
  counts.forEach((n) => {
    requireCount(n, 'tile');
  });
  array = array.reshape([...new Array<number>(counts.length - array.ndim).fill(1), ...array.shape]);
  counts.forEach((n, axis) => {
    if (n === 0) array = array.slice(...array.shape.map((_, a) => (a === axis ? ':0' : ':')));
    else if (n > 1) array = concatenate(new Array<TileArray<DType>>(n).fill(array), axis);
  });
  return array as TileArray<DTypeOf<A>>;
}

function requireCount(n: number, label: string): void {
  if (!Number.isSafeInteger(n) || n < 0)
    throw new RangeError(`${label}: how often is a whole number of 0 or more, not ${n}`);
}

/**
 * Each element repeated, along an axis or of the flattened array: all so often, or each as often as a list says.
 *
 * @throws RangeError where a count is no whole number of 0 or more, or there are not as many as elements along the axis
 * @example
 * await repeat([1, 2], 2).compute(); // [1. 1. 2. 2.]
 * await repeat(x, [1, 0, 2], 1).compute(); // [[0. 2. 2.] [3. 5. 5.]]
 */
export function repeat<A extends ArrayInput>(
  x: A,
  repeats: number | readonly number[],
  axis?: number,
): TileArray<DTypeOf<A>> {
  const array = asarray(x);
  requireKnown('repeat', array);
  const extent = axis === undefined ? array.size : array.shape[normalizeAxis(axis, array.ndim, 'repeat')];
  const counts = typeof repeats === 'number' ? new Array<number>(extent).fill(repeats) : repeats;
  counts.forEach((n) => {
    requireCount(n, 'repeat');
  });
  if (counts.length !== extent)
    throw new RangeError(`repeat: ${counts.length} counts for ${extent} elements along the axis`);
  const at = boundaries(counts);
  const places = new Float64Array(at[at.length - 1]);
  counts.forEach((_, i) => {
    places.fill(i, at[i], at[i + 1]);
  });
  return take(array, places, axis) as TileArray<DTypeOf<A>>;
}

/**
 * The array cut into equal parts along an axis, or before each of the positions in a list.
 *
 * @throws RangeError where it cannot be cut into so many equal parts: `arraySplit` makes unequal ones
 * @example
 * split(arange(6), 3).map((part) => part.shape[0]); // [2, 2, 2]
 * split(arange(6), [1, 4]).map((part) => part.shape[0]); // [1, 3, 2]
 */
export function split<A extends ArrayInput>(
  x: A,
  sections: number | readonly number[],
  axis = 0,
): TileArray<DTypeOf<A>>[] {
  const array = asarray(x);
  const extent = array.shape[normalizeAxis(axis, array.ndim, 'split')];
  if (typeof sections === 'number' && extent % sections !== 0)
    throw new RangeError(`split: ${extent} elements are not ${sections} equal parts; use arraySplit`);
  return arraySplit(x, sections, axis);
}

/**
 * As `split`, but where parts cannot be equal the first ones are longer by one.
 *
 * @throws RangeError where there are not one or more parts
 * @example
 * arraySplit(arange(5), 3).map((part) => part.shape[0]); // [2, 2, 1]
 */
export function arraySplit<A extends ArrayInput>(
  x: A,
  sections: number | readonly number[],
  axis = 0,
): TileArray<DTypeOf<A>>[] {
  const array = asarray(x);
  requireKnown('split', array);
  const along = normalizeAxis(axis, array.ndim, 'split');
  const extent = array.shape[along];
  const cuts = typeof sections === 'number' ? evenCuts(extent, sections) : sections;
  return [0, ...cuts].map((start, i) => {
    const range = `${start}:${cuts[i] ?? ''}`;
    return array.slice(...array.shape.map((_, a) => (a === along ? range : ':'))) as TileArray<DTypeOf<A>>;
  });
}

function evenCuts(extent: number, parts: number): number[] {
  if (!Number.isSafeInteger(parts) || parts < 1)
    throw new RangeError(`split: parts are a whole number of 1 or more, not ${parts}`);
  const [size, longer] = [Math.floor(extent / parts), extent % parts];
  return Array.from({ length: parts - 1 }, (_, i) => (i + 1) * size + Math.min(i + 1, longer));
}

/**
 * As `split`, along the second axis; of a vector along its axis.
 *
 * @throws as `split`
 * @example
 * hsplit(x, 3).map((part) => part.shape); // [[2, 1], [2, 1], [2, 1]]
 */
export function hsplit<A extends ArrayInput>(
  x: A,
  sections: number | readonly number[],
): TileArray<DTypeOf<A>>[] {
  return split(x, sections, asarray(x).ndim > 1 ? 1 : 0);
}

/**
 * As `split`, along the first axis of two or more.
 *
 * @throws as `split`, and RangeError of a vector
 * @example
 * vsplit(x, 2).map((part) => part.shape); // [[1, 3], [1, 3]]
 */
export function vsplit<A extends ArrayInput>(
  x: A,
  sections: number | readonly number[],
): TileArray<DTypeOf<A>>[] {
  if (asarray(x).ndim < 2) throw new RangeError('vsplit: two axes or more are needed; use split');
  return split(x, sections, 0);
}

/**
 * Vectors as the columns of a matrix; matrices go side by side.
 *
 * @throws RangeError where there are no arrays, or they have different numbers of rows
 * @example
 * await columnStack([[1, 2], [3, 4]]).compute(); // [[1. 3.] [2. 4.]]
 */
export function columnStack<const T extends readonly ArrayInput[]>(inputs: T): TileArray<PromoteAll<T>> {
  requireList(inputs, 'columnStack');
  const arrays = inputs.map((x) => asarray(x));
  return arrays.every((a) => a.ndim === 1)
    ? (stack(arrays, 1) as TileArray<PromoteAll<T>>)
    : (concatenate(
        arrays.map((a) => (a.ndim === 1 ? a.slice(':', 'newaxis') : a)),
        1,
      ) as TileArray<PromoteAll<T>>);
}
