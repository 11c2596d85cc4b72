import { checkOptions } from '../../engine/known-options.js';
import type { DType } from '../../kernels/dtype.js';
import type { TileArray } from '../array.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import type { MeanOf, SumOf } from '../nodes/promote.js';
import type { TileScalar } from '../scalar.js';

/** Which axes to reduce (none: all), and whether they stay with extent 1. */
export interface ReduceOptions {
  readonly axis?: number | readonly number[] | null;
  readonly keepdims?: boolean;
}

/** How sums and products are taken. */
export interface SumOptions<E extends DType = DType> extends ReduceOptions {
  /** dtype to sum in and to return. */
  readonly dtype?: E;
}

export type FloatDType = 'float32' | 'float64';

/** How means are taken. */
export interface MeanOptions<E extends FloatDType = FloatDType> extends ReduceOptions {
  /** dtype to return, a float one (default: float64, or float32 of float32). */
  readonly dtype?: E;
}

/** How variances and standard deviations are taken. */
export interface VarOptions<E extends FloatDType = FloatDType> extends MeanOptions<E> {
  /** The divisor is the number of elements less this. */
  readonly ddof?: number;
}

/** What says which axes to reduce: one, several, null for all, or options. */
export type AxisArgument<O extends ReduceOptions = ReduceOptions> = number | readonly number[] | null | O;

/** What says to reduce all axes, none of which stays: the result is 0-dimensional. */
export type AllAxes<O extends ReduceOptions = ReduceOptions> =
  | null
  | (Omit<O, 'axis' | 'keepdims'> & { readonly axis?: null; readonly keepdims?: false });

/** `x → sums`: int64 of signed integers and bool, uint64 of unsigned ones, floats as they are, unless told. */
export interface SumFn {
  <A extends ArrayInput, E extends DType = SumOf<DTypeOf<A>>>(
    x: A,
    all?: AllAxes<SumOptions<E>>,
  ): TileScalar<E>;
  <A extends ArrayInput, E extends DType = SumOf<DTypeOf<A>>>(
    x: A,
    axis?: AxisArgument<SumOptions<E>>,
    keepdims?: boolean,
  ): TileArray<E>;
}

/** `x → means`: float64, or float32 of float32, unless told. */
export interface MeanFn {
  <A extends ArrayInput, E extends FloatDType = MeanOf<DTypeOf<A>>>(
    x: A,
    all?: AllAxes<MeanOptions<E>>,
  ): TileScalar<E>;
  <A extends ArrayInput, E extends FloatDType = MeanOf<DTypeOf<A>>>(
    x: A,
    axis?: AxisArgument<MeanOptions<E>>,
    keepdims?: boolean,
  ): TileArray<E>;
}

/** `x → deviations`, in the dtypes of means. */
export interface VarFn {
  <A extends ArrayInput, E extends FloatDType = MeanOf<DTypeOf<A>>>(
    x: A,
    all?: AllAxes<VarOptions<E>>,
  ): TileScalar<E>;
  <A extends ArrayInput, E extends FloatDType = MeanOf<DTypeOf<A>>>(
    x: A,
    axis?: AxisArgument<VarOptions<E>>,
    keepdims?: boolean,
  ): TileArray<E>;
}

/** `x → elements of it`. */
export interface ExtremeFn {
  <A extends ArrayInput>(x: A, all?: AllAxes): TileScalar<DTypeOf<A>>;
  <A extends ArrayInput>(x: A, axis?: AxisArgument, keepdims?: boolean): TileArray<DTypeOf<A>>;
}

/** `x → R`, whatever the dtype of `x`. */
export interface FixedReduceFn<R extends DType> {
  (x: ArrayInput, all?: AllAxes): TileScalar<R>;
  (x: ArrayInput, axis?: AxisArgument, keepdims?: boolean): TileArray<R>;
}

const OPTIONS: readonly string[] = ['axis', 'keepdims', 'dtype', 'ddof'];

export function optionsOf<O extends ReduceOptions>(axis: AxisArgument<O> | undefined, keepdims?: boolean): O {
  const options = typeof axis === 'object' && axis !== null && !Array.isArray(axis) ? axis : { axis };
  checkOptions('a reduction', options, OPTIONS);
  return (keepdims === undefined ? options : { ...options, keepdims }) as O;
}
