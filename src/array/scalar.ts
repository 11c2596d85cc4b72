import type { DType } from '../kernels/dtype.js';
import type { ArrayInput, DTypeOf, TileArray } from './array.js';
import type { ArrayCompute, Computed, ElementOf } from './compute.js';

/** Marks 0-dimensional arrays for the compiler; there is no such property when programs run. */
declare const scalar: unique symbol;

/**
 * A 0-dimensional array, as reductions of all axes give it: computing it gives its one element. It differs from `TileArray` in what
 * the compiler knows only.
 */
export type TileScalar<D extends DType = DType> = {
  readonly [scalar]: D;
  /** Computes the element: a number, a boolean of bool, a bigint of 64-bit integers past 2^53. */
  compute(options?: ArrayCompute): Promise<ElementOf<D>>;
} & TileArray<D>;

/** What computing an array, or what can stand for one, gives. */
export type ComputedOf<A extends ArrayInput> = A extends { readonly [scalar]: infer D extends DType }
  ? ElementOf<D>
  : Computed<DTypeOf<A>>;
