import type { DType, TypedArray, TypedArrayOf } from '../kernels/dtype.js';
import type { TileArray } from './array.js';
import type { NDArray, NDArrayLike } from './ndarray.js';
import type { Scalar } from './nodes/promote.js';

/** Nested lists of scalars of one depth and equal lengths. */
export type NestedArray = readonly (Scalar | NestedArray)[];

/** Whatever can stand for an array: an array, a scalar, a typed array, nested lists, a numpy-ts NDArray. */
export type ArrayInput =
  | TileArray<DType>
  | Scalar
  | TypedArray
  | Uint8ClampedArray
  | NestedArray
  | NDArrayLike;

/** The dtype of what `asarray` makes of a value. */
export type DTypeOf<A> =
  A extends TileArray<infer D>
    ? D
    : A extends boolean
      ? 'bool'
      : A extends bigint
        ? 'int64'
        : A extends number
          ? 'float64'
          : A extends TypedArray
            ? TypedDType<A>
            : A extends Uint8ClampedArray
              ? 'uint8'
              : A extends NDArray<infer E>
                ? E
                : A extends readonly (infer E)[]
                  ? NestedDType<A, E>
                  : DType;

/** Of a typed array; each is told from the others by its name. */
type TypedDType<A extends TypedArray> = {
  [D in Exclude<DType, 'bool'>]: A extends TypedArrayOf[D] ? D : never;
}[Exclude<DType, 'bool'>];

/** Of nested lists: that of their elements, where the compiler knows how deep they are. */
type NestedDType<A, E> = NestedArray extends A ? DType : [E] extends [never] ? 'float64' : DTypeOf<E>;

/**
 * The dtype of an array of `D` beside a weak scalar: it changes only where the scalar's kind does not fit. Of a number that is no
 * literal the compiler does not know whether it is whole.
 */
export type Weak<D extends DType, S extends Scalar> = S extends boolean
  ? D
  : D extends 'float32' | 'float64'
    ? D
    : IsWhole<S> extends true
      ? WholeBeside<D>
      : IsWhole<S> extends false
        ? 'float64'
        : WholeBeside<D> | 'float64';

type WholeBeside<D extends DType> = D extends 'bool' ? 'int64' : D;
type IsWhole<S extends Scalar> = S extends bigint
  ? true
  : S extends number
    ? number extends S
      ? boolean
      : `${S}` extends `${bigint}`
        ? true
        : false
    : true;
