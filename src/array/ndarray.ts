import type { NDArray } from 'numpy-ts';
import type { DType, TypedArray } from '../kernels/dtype.js';
import { product, stridesOf } from './chunks.js';

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

/** Bytes that numpy-ts takes once it is loaded, of which nothing is there yet. */
export const bytesToLoad = (): number => (wrap === undefined ? 40 * 2 ** 20 : 0);

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
  ) => ConstructorParameters<typeof NDArray>[0];
  const make: Wrap = (dtype, shape, data) =>
    new np.NDArray(new Storage(data, [...shape], stridesOf(shape), 0, dtype));
  const probe = make('float64', [2], new Float64Array([3, 4]));
  if (probe.get([1]) === 4 && product(probe.shape) === 2) return make;
  throw new Error('this version of numpy-ts cannot wrap typed arrays; tilework is tested with numpy-ts 1.4');
}
