import { type DType, kindOf } from '../../kernels/dtype.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import { zerosLike } from '../creation/filled.js';
import { arange } from '../creation/sequences.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { lstsq } from '../linalg/index.js';
import type { MeanOf, Promote } from '../nodes/promote.js';
import { sum } from '../reductions/index.js';
import { add, divide, multiply, type PromoteInputs, power, sqrt, square } from '../ufuncs/index.js';

/**
 * The values at `x` of a polynomial, whose coefficients begin with that of the highest power.
 *
 * @throws RangeError where coefficients are no vector
 * @example
 * await polyval([1, 0, -2], [1, 2, 3]).compute(); // [-1. 2. 7.]
 */
export function polyval<P extends ArrayInput, A extends ArrayInput>(
  p: P,
  x: A,
): TileArray<PromoteInputs<P, A>> {
  const [coefficients, at] = [asarray(p) as TileArray<DType>, asarray(x) as TileArray<DType>];
  if (coefficients.ndim !== 1 || !coefficients.isKnown)
    throw new RangeError(
      `polyval: coefficients are a vector of known length, not an array of shape [${coefficients.shape.join(', ')}]`,
    );
  let value = zerosLike(at) as TileArray<DType>;
  for (let i = 0; i < coefficients.shape[0]; i++)
    value = add(multiply(value, at), coefficients.slice(i)) as unknown as TileArray<DType>;
  return value as unknown as TileArray<PromoteInputs<P, A>>;
}

type Fit<A extends ArrayInput, B extends ArrayInput> = TileArray<
  Promote<MeanOf<DTypeOf<A>>, MeanOf<DTypeOf<B>>>
>;

/**
 * Coefficients of the polynomial of a degree that comes nearest to `y` at `x`, by least squares (`linalg.lstsq`), beginning with that of the highest power; of a
 * matrix `y` of each of its columns.
 *
 * @throws RangeError where `x` is no vector, y has another number of rows, or `degree` is no whole number of 0 or more; Error where chunk sizes are unknown
 * @example
 * await polyfit([0, 1, 2, 3], [1, 4, 9, 16], 2).round(6).compute(); // [1. 2. 1.]
 */
export function polyfit<A extends ArrayInput, B extends ArrayInput>(x: A, y: B, degree: number): Fit<A, B> {
  const given = asarray(x) as TileArray<DType>;
  const at = kindOf(given.dtype) === 'float' ? given : (given.astype('float64') as TileArray<DType>);
  if (at.ndim !== 1)
    throw new RangeError(`polyfit: x is a vector, not an array of shape [${at.shape.join(', ')}]`);
  if (!Number.isInteger(degree) || degree < 0)
    throw new RangeError(`polyfit: degree is a whole number of 0 or more, not ${degree}`);
  const exponents = arange(degree, -1, -1, { dtype: at.dtype, chunks: -1 });
  const powers = power(at.slice(':', 'newaxis'), exponents) as unknown as TileArray<DTypeOf<A>>;
  const sizes = sqrt(sum(square(powers), { axis: 0 }));
  const epsilon = at.dtype === 'float32' ? 2 ** -23 : 2 ** -52;
  const [scaled] = lstsq(divide(powers, sizes), y, { rcond: at.shape[0] * epsilon });
  const wide = scaled.ndim === 2 ? sizes.reshape([-1, 1]) : sizes;
  return divide(scaled, wide) as unknown as Fit<A, B>;
}
