import type { DType } from '../kernels/dtype.js';
import type { TileArray } from './array.js';
import type { ArrayCompute, ElementOf } from './compute.js';

/**
 * A 0-dimensional array, as reductions of all axes give it: computing it gives its one element. It differs from `TileArray` in
 * what the compiler knows only.
 */
export interface TileScalar<out D extends DType = DType> extends TileArray<D> {
  /** Computes the element: a number, a boolean of bool, a bigint of 64-bit integers past 2^53. */
  compute(options?: ArrayCompute): Promise<ElementOf<D>>;
}
