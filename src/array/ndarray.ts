import type { DType, TypedArray, TypedArrayOf } from '../kernels/dtype.js';
import { product, stridesOf } from './nodes/chunks.js';

/**
 * The elements of a computed array: a numpy-ts NDArray. The compiler is told of what follows only, because numpy-ts's own declarations mean
 * nothing to compilers that resolve modules as Node does; `result as np.NDArray` has all of it.
 */
export interface NDArray<D extends DType = DType> {
  readonly shape: readonly number[];
  readonly ndim: number;
  readonly size: number;
  readonly dtype: D;
  /** The elements in C order; bool as 0 and 1. */
  readonly data: TypedArrayOf[D];
  /** One element: a bigint of 64-bit integers, else a number. Negative indices count from the end. */
  get(indices: number[]): D extends 'int64' | 'uint64' ? bigint : number;
  /** The elements as nested lists. */
  tolist(): unknown;
  /** A copy in one dimension. */
  flatten(): NDArray<D>;
  toString(): string;
}

/** What of a numpy-ts NDArray is read when it stands for an array. */
export interface NDArrayLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  flatten(): { readonly data: ArrayBufferView };
}

type Wrap = (dtype: DType, shape: readonly number[], data: TypedArray) => NDArray;
let wrap: Promise<Wrap> | undefined;

/**
 * A numpy-ts NDArray over elements in C order, without a copy. numpy-ts is loaded when the first one is made: it takes
 * longer to load than a small computation to run.
 */
export async function toNdarray(dtype: DType, shape: readonly number[], data: TypedArray): Promise<NDArray> {
  wrap ??= makeWrap();
  return (await wrap)(dtype, shape, data);
}

async function makeWrap(): Promise<Wrap> {
  const np = await import('numpy-ts');
  // The storage class is not exported by name; an array shows it. Wrapping keeps results out of numpy-ts's WebAssembly
  // heap, which is of a fixed size.
  const Storage = np.zeros([1]).storage.constructor as new (
    data: TypedArray,
    shape: readonly number[],
    strides: readonly number[],
    offset: number,
    dtype: DType,
  ) => ConstructorParameters<typeof np.NDArray>[0];
  const make: Wrap = (dtype, shape, data) =>
    new np.NDArray(new Storage(data, [...shape], stridesOf(shape), 0, dtype)) as NDArray;
  const probe = make('float64', [2], new Float64Array([3, 4]));
  if (probe.get([1]) === 4 && product(probe.shape) === 2) return make;
  throw new Error('this version of numpy-ts cannot wrap typed arrays; tilework is tested with numpy-ts 1.4');
}
