/** Moments about the mean, and the figures of a distribution's shape that are made of them. */
import { checkOptions } from '../../engine/known-options.js';
import type { DType } from '../../kernels/dtype.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import { onesLike } from '../creation/filled.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { normalizeAxes, requireKnown } from '../nodes/axes.js';
import { product } from '../nodes/chunks.js';
import type { MeanOf } from '../nodes/promote.js';
import { mean, sum } from '../reductions/index.js';
import * as ufuncs from '../ufuncs/index.js';

type Axis = number | readonly number[] | null;
type Floats = TileArray<'float64'>;

/** Over which axes `moment` is taken. */
export interface MomentOptions {
  /** Which axes (default: all). */
  readonly axis?: Axis;
  readonly keepdims?: boolean;
  /** The divisor is the number of elements less this; default 0. */
  readonly ddof?: number;
}

/**
 * The central moment of an order: the mean of so high powers of what elements differ from their mean, over one, several or all axes.
 *
 * @throws RangeError where the order is no whole number of 0 or more, or an axis is out of bounds; Error where chunk sizes are unknown and `ddof` is given
 * @example
 * await moment(x, 2).compute(); // 2.9166666666666665
 * await moment([1, 2, 3, 9], 3).compute(); // 29.53125
 */
export function moment<A extends ArrayInput>(
  x: A,
  order: number,
  options: MomentOptions = {},
): TileArray<MeanOf<DTypeOf<A>>> {
  checkOptions('moment', options, ['axis', 'keepdims', 'ddof']);
  if (!Number.isSafeInteger(order) || order < 0)
    throw new RangeError(`moment: an order is a whole number of 0 or more, not ${String(order)}`);
  const { axis = null, keepdims = false, ddof = 0 } = options;
  const array = asarray(x) as TileArray<DType>;
  const powers = powersOf(array, axis, [order])[0];
  const made =
    ddof === 0
      ? mean(powers, { axis, keepdims })
      : ufuncs.divide(sum(powers, { axis, keepdims }), countOf('moment', array, axis) - ddof);
  return narrowed(array, made as unknown as Floats) as TileArray<MeanOf<DTypeOf<A>>>;
}

/** Over which axes `skew` and `kurtosis` are taken, and what of. */
export interface ShapeOptions {
  /** Which axes; default 0, as SciPy has it; null: all. */
  readonly axis?: Axis;
  readonly keepdims?: boolean;
  /** `false` takes off what a sample's figure is too small by. */
  readonly bias?: boolean;
}

/**
 * How lopsided elements are spread: their third moment over the second to the power 3/2, along axis 0 unless told. NaN where all are equal, or nearly so.
 *
 * @throws RangeError where an axis is out of bounds; Error where chunk sizes are unknown and `bias` is false
 * @example
 * await skew([1, 2, 3, 9]).compute(); // 0.9794093752424018
 * await skew([1, 2, 3, 9], { bias: false }).compute(); // 1.6963867993291315
 */
export function skew<A extends ArrayInput>(x: A, options: ShapeOptions = {}): TileArray<MeanOf<DTypeOf<A>>> {
  checkOptions('skew', options, ['axis', 'keepdims', 'bias']);
  const { array, second, higher, isFlat, n } = shapeOf('skew', x, 3, options);
  const biased = ufuncs.divide(higher, ufuncs.power(second, 1.5)) as Floats;
  const corrected = n > 2 ? (ufuncs.multiply(biased, Math.sqrt(n * (n - 1)) / (n - 2)) as Floats) : biased;
  return narrowed(array, ufuncs.where(isFlat, Number.NaN, corrected) as Floats) as TileArray<
    MeanOf<DTypeOf<A>>
  >;
}

/**
 * How much of the spread of elements is far out: their fourth moment over the square of the second, less 3, which a normal distribution has (`fisher: false`: as it is),
 * along axis 0 unless told. NaN where all are equal, or nearly so.
 *
 * @throws as `skew`
 * @example
 * await kurtosis([1, 2, 3, 9]).compute(); // -0.7980853277835589
 * await kurtosis([1, 2, 3, 9], { fisher: false }).compute(); // 2.201914672216441
 */
export function kurtosis<A extends ArrayInput>(
  x: A,
  options: ShapeOptions & { readonly fisher?: boolean } = {},
): TileArray<MeanOf<DTypeOf<A>>> {
  checkOptions('kurtosis', options, ['axis', 'keepdims', 'bias', 'fisher']);
  const { array, second, higher, isFlat, n } = shapeOf('kurtosis', x, 4, options);
  const biased = ufuncs.divide(higher, ufuncs.square(second)) as Floats;
  const above =
    n > 3
      ? ufuncs.divide(
          ufuncs.subtract(ufuncs.multiply(biased, n * n - 1), 3 * (n - 1) ** 2),
          (n - 2) * (n - 3),
        )
      : ufuncs.subtract(biased, 3);
  const made = options.fisher === false ? ufuncs.add(above, 3) : above;
  return narrowed(array, ufuncs.where(isFlat, Number.NaN, made as Floats) as Floats) as TileArray<
    MeanOf<DTypeOf<A>>
  >;
}

/** The second moment and a higher one; where the second is no more than rounding leaves; how many elements these are where the bias is to be taken off, else 0. */
function shapeOf(
  label: string,
  x: ArrayInput,
  order: number,
  { axis = 0, keepdims = false, bias = true }: ShapeOptions,
) {
  const array = asarray(x) as TileArray<DType>;
  const [squares, powers] = powersOf(array, axis, [2, order]);
  const over = { axis, keepdims } as const;
  const [second, higher, centre] = [squares, powers, wide(array)].map(
    (each) => mean(each, over) as unknown as Floats,
  );
  const epsilon = array.dtype === 'float32' ? 2 ** -23 : 2 ** -52;
  const isFlat = ufuncs.lessEqual(second, ufuncs.square(ufuncs.multiply(centre, epsilon)));
  return { array, second, higher, isFlat, n: bias ? 0 : countOf(label, array, axis) };
}

/** Of what elements differ from their mean, powers of some orders. */
function powersOf(array: TileArray<DType>, axis: Axis, orders: readonly number[]): Floats[] {
  const values = wide(array);
  const centred = ufuncs.subtract(values, mean(values, { axis, keepdims: true })) as Floats;
  return orders.map((order) => {
    if (order === 0) return onesLike(values) as Floats;
    let made = centred;
    for (let i = 1; i < order; i++) made = ufuncs.multiply(made, centred) as Floats;
    return made;
  });
}

const wide = (array: TileArray<DType>): Floats => array.astype('float64') as Floats;

const narrowed = (array: TileArray<DType>, made: Floats): TileArray<DType> =>
  (array.dtype === 'float32' ? made.astype('float32') : made) as TileArray<DType>;

function countOf(label: string, array: TileArray<DType>, axis: Axis): number {
  requireKnown(label, array);
  return product(normalizeAxes(axis, array.ndim, label).map((a) => array.shape[a]));
}
