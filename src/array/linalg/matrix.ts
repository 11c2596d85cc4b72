/** What the functions of this room ask of their arguments. */
import { type DType, kindOf } from '../../kernels/dtype.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { requireKnown } from '../nodes/axes.js';
import type { MeanOf, Promote } from '../nodes/promote.js';

export type Real = 'float32' | 'float64';
export type RealOf<D extends DType> = MeanOf<D>;
/** What is computed of two arrays, each as floats. */
export type RealOfBoth<A extends ArrayInput, B extends ArrayInput> = Promote<
  RealOf<DTypeOf<A>>,
  RealOf<DTypeOf<B>>
>;
/** An array whose elements are float32 or float64. */
export type RealArray = TileArray<Real>;

/** The argument as floats: float64, unless it is float32. */
export function realOf(x: ArrayInput): RealArray {
  const array = asarray(x) as TileArray<DType>;
  return (kindOf(array.dtype) === 'float' ? array : array.astype('float64')) as RealArray;
}

/** The argument as a matrix of floats. */
export function matrixOf(label: string, x: ArrayInput): RealArray {
  const array = realOf(x);
  requireKnown(label, array);
  if (array.ndim !== 2)
    throw new RangeError(
      `${label}: a matrix of two axes is needed, not an array of shape [${array.shape.join(', ')}]`,
    );
  return array;
}

export function squareOf(label: string, x: ArrayInput): RealArray {
  const array = matrixOf(label, x);
  if (array.shape[0] !== array.shape[1])
    throw new RangeError(
      `${label}: a square matrix is needed, not one of shape [${array.shape.join(', ')}]; lstsq takes any`,
    );
  return array;
}
