import type { DType } from '../kernels/dtype.js';
import type { ELEMENT } from '../lazy/index.js';
import type { TileArray } from './array.js';
import type { ArrayCompute, ElementOf } from './compute/compute.js';

/** Marks 0-dimensional arrays for the compiler; there is no such property when programs run. */
declare const scalar: unique symbol;

/**
 * A 0-dimensional array, as reductions of all axes give it: computing it gives its one element. It differs from `TileArray` in what
 * the compiler knows only.
 */
export type TileScalar<D extends DType = DType> = {
  readonly [scalar]: D;
  readonly [ELEMENT]: ElementOf<D>;
  /** Computes the element: a number, a boolean of bool, a bigint of 64-bit integers past 2^53. */
  compute(options?: ArrayCompute): Promise<ElementOf<D>>;
} & TileArray<D>;
