/** Arrays of coordinates. */

import { checkOptions } from '../../engine/known-options.js';
import type { DType } from '../../kernels/dtype.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput } from '../input.js';
import { stack } from '../joining/concatenate.js';
import { requireList } from '../nodes/axes.js';
import { broadcastTo } from '../shape/broadcast.js';
import { ravel } from '../shape/reshape.js';
import { arange } from './sequences.js';

/**
 * Of vectors of coordinates, for each the array of that coordinate at every point of their grid. With `'xy'` (the default) the
 * second vector runs along the first axis, with `'ij'` the first.
 *
 * @example
 * meshgrid([[1, 2, 3], [4, 5]]).map((a) => a.shape); // [[2, 3], [2, 3]]
 * await meshgrid([[1, 2], [3, 4]], { indexing: 'ij' })[0].compute(); // [[1. 1.] [2. 2.]]
 */
export function meshgrid(
  vectors: readonly ArrayInput[],
  options: { readonly indexing?: 'xy' | 'ij' } = {},
): TileArray<DType>[] {
  requireList(vectors, 'meshgrid');
  checkOptions('meshgrid', options, ['indexing']);
  const flat = vectors.map((v) => ravel(asarray(v)) as TileArray<DType>);
  const place = (i: number) => (options.indexing === 'ij' || i > 1 || flat.length < 2 ? i : 1 - i);
  const at = (values: readonly number[]) => flat.map((_, axis) => values[place(axis)]);
  const shape = at(flat.map((v) => v.size));
  const chunks = flat.map((_, axis) => flat[place(axis)].chunks[0]);
  return flat.map((v, i) => {
    const own = v.slice(...flat.map((_, axis) => (axis === place(i) ? ':' : 'newaxis')));
    return broadcastTo(own, shape, chunks) as TileArray<DType>;
  });
}

/**
 * The position along each axis at every place of a shape: the first axis counts the axes.
 *
 * @example
 * await indices([2, 2]).compute(); // [[[0 0] [1 1]] [[0 1] [0 1]]]
 */
export function indices(shape: readonly number[]): TileArray<'int64'> {
  const axes = shape.map((n, axis) =>
    broadcastTo(
      arange(n, { dtype: 'int64' }).slice(...shape.map((_, a) => (a === axis ? ':' : 'newaxis'))),
      shape,
    ),
  );
  return stack(axes) as unknown as TileArray<'int64'>;
}
