/** Diagonals and triangles of matrices. */
import type { DType } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { CreateOptions } from '../creation/creation-options.js';
import { ones, zeros } from '../creation/filled.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { concatenate } from '../joining/concatenate.js';
import { normalizeAxis, requireKnown } from '../nodes/axes.js';
import { mapNode } from '../nodes/elementwise.js';
import { iotaNode } from '../nodes/iota.js';
import type { SumOf } from '../nodes/promote.js';
import { diagonalNode } from '../nodes/view.js';
import { sum } from '../reductions/index.js';
import { transpose } from '../shape/rearranging.js';
import { logicalNot } from '../ufuncs/index.js';
import { nonzero } from './nonzero.js';

/**
 * The diagonal of two axes as one last axis; `offset` above the main one, negative below. A view.
 *
 * @throws RangeError where there are not two axes, or they are one; Error where chunk sizes are unknown
 * @example
 * await diagonal(x).compute(); // [0. 4.]
 * await diagonal(x, 1).compute(); // [1. 5.]
 */
export function diagonal<A extends ArrayInput>(
  x: A,
  offset = 0,
  axis1 = 0,
  axis2 = 1,
): TileArray<DTypeOf<A>> {
  const array = asarray(x);
  requireKnown('diagonal', array);
  const [a, b] = [axis1, axis2].map((axis) => normalizeAxis(axis, array.ndim, 'diagonal'));
  if (a === b) throw new RangeError(`diagonal: axes ${axis1} and ${axis2} are one`);
  if (!Number.isInteger(offset)) throw new RangeError(`diagonal: offset ${offset} is not a whole number`);
  const others = array.shape.map((_, axis) => axis).filter((axis) => axis !== a && axis !== b);
  const last = transpose(array, [...others, a, b]);
  const [row, column] = [Math.max(0, -offset), Math.max(0, offset)];
  const length = Math.max(0, Math.min(array.shape[a] - row, array.shape[b] - column));
  return new TileArray(diagonalNode(last.node, row, column, length));
}

/**
 * Of a matrix, its diagonal; of a vector, the matrix that has it on diagonal `k` and zeros elsewhere.
 *
 * @throws RangeError where the array has other than one or two axes
 * @example
 * await diag([1, 2]).compute(); // [[1. 0.] [0. 2.]]
 * await diag(x).compute(); // [0. 4.]
 */
export function diag<A extends ArrayInput>(x: A, k = 0): TileArray<DTypeOf<A>> {
  const array = asarray(x);
  if (array.ndim === 2) return diagonal(array, k) as TileArray<DTypeOf<A>>;
  if (array.ndim !== 1) throw new RangeError(`diag: an array of 1 or 2 axes is needed, not of ${array.ndim}`);
  requireKnown('diag', array);
  // Row i of a matrix of equal rows is the vector; only its element i is kept, and what is around it are zeros.
  const [sizes] = array.chunks;
  const [i, j] = [0, 1].map((axis) => ({ node: iotaNode([sizes, sizes], axis), part: 0 }));
  const square = mapNode('diag', [i, j, array.operand], (e, [row, column, element]) =>
    e.call('where', [e.call('equal', [row, column], 'bool'), element, e.constant(0, element.dtype)]),
  );
  const made = new TileArray<DType>(square);
  const width = Math.abs(k);
  if (width === 0) return made as TileArray<DTypeOf<A>>;
  const like = { dtype: array.dtype as DType };
  const [side, top] = [zeros([array.size, width], like), zeros([width, array.size + width], like)];
  return (k > 0
    ? joined([joined([side, made], 1), top], 0)
    : joined([top, joined([made, side], 1)], 0)) as TileArray<DType> as TileArray<DTypeOf<A>>;
}

const joined = (arrays: readonly TileArray<DType>[], axis: number): TileArray<DType> =>
  concatenate(arrays, axis) as TileArray<DType>;

/**
 * The sum of a diagonal, in the dtype of sums.
 *
 * @throws as `diagonal`
 * @example
 * await trace(x).compute(); // 4
 */
export function trace<A extends ArrayInput>(
  x: A,
  offset = 0,
  axis1 = 0,
  axis2 = 1,
): TileArray<SumOf<DTypeOf<A>>> {
  return sum(diagonal(x, offset, axis1, axis2), -1) as unknown as TileArray<SumOf<DTypeOf<A>>>;
}

/**
 * The lower triangle of the last two axes: zeros above diagonal `k`.
 *
 * @throws RangeError where there are not two axes
 * @example
 * await tril(x).compute(); // [[0. 0. 0.] [3. 4. 0.]]
 */
export const tril = <A extends ArrayInput>(x: A, k = 0): TileArray<DTypeOf<A>> =>
  triangle('tril', x, k, 'greater_equal');

/**
 * The upper triangle of the last two axes: zeros below diagonal `k`.
 *
 * @throws RangeError where there are not two axes
 * @example
 * await triu(x, 1).compute(); // [[0. 1. 2.] [0. 0. 5.]]
 */
export const triu = <A extends ArrayInput>(x: A, k = 0): TileArray<DTypeOf<A>> =>
  triangle('triu', x, k, 'less_equal');

/** Keeps the elements of which row + k compares so with the column. */
function triangle<A extends ArrayInput>(
  label: string,
  x: A,
  k: number,
  compare: 'greater_equal' | 'less_equal',
): TileArray<DTypeOf<A>> {
  const array = asarray(x);
  if (array.ndim < 2)
    throw new RangeError(`${label}: a matrix is needed, not an array of ${array.ndim} axes`);
  requireKnown(label, array);
  const [i, j] = [array.ndim - 2, array.ndim - 1].map((axis) => ({
    node: iotaNode(array.chunks, axis),
    part: 0,
  }));
  const node = mapNode(label, [i, j, array.operand], (e, [row, column, element]) => {
    const shifted = e.call('add', [row, e.constant(k, 'int64')]);
    const kept = e.call(compare, [shifted, column], 'bool');
    return e.call('where', [kept, element, e.constant(0, element.dtype)]);
  });
  return new TileArray(node);
}

/**
 * A matrix with ones on diagonal `k` and below, zeros above; float64 unless told.
 *
 * @throws RangeError where extents make no sense
 * @example
 * await tri(2, 3, 1).compute(); // [[1. 1. 0.] [1. 1. 1.]]
 */
export const tri = <D extends DType = 'float64'>(
  rows: number,
  columns = rows,
  k = 0,
  options: CreateOptions<D> = {},
): TileArray<D> => tril(ones([rows, columns], options), k) as unknown as TileArray<D>;

type Places = readonly [rows: TileArray<'int64'>, columns: TileArray<'int64'>];

/**
 * The places of the lower triangle of a matrix of so many rows and columns, row by row: on diagonal `k` and below. How many they are is known once computed (see
 * `computeChunkSizes`).
 *
 * @example
 * (await compute(trilIndices(2))).map(String); // ['[0 1 1]', '[0 0 1]']
 */
export const trilIndices = (rows: number, k = 0, columns = rows): Places =>
  nonzero(tri(rows, columns, k, { dtype: 'bool' })) as unknown as Places;

/**
 * The places of the upper triangle of a matrix of so many rows and columns, row by row: on diagonal `k` and above. How many they are is known once computed (see
 * `computeChunkSizes`).
 *
 * @example
 * (await compute(triuIndices(2, 1))).map(String); // ['[0]', '[1]']
 */
export const triuIndices = (rows: number, k = 0, columns = rows): Places =>
  nonzero(logicalNot(tri(rows, columns, k - 1, { dtype: 'bool' }))) as unknown as Places;
