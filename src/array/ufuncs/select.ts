import type { DType } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { mapNode } from '../nodes/elementwise.js';
import { fits } from '../nodes/promote.js';
import { maximum, minimum } from './arithmetic.js';
import { commonType, isScalar, type PromoteInputs } from './operands.js';

/**
 * Elements of `x` where `condition` holds, of `y` elsewhere, in their promoted dtype; all three broadcast.
 *
 * @throws RangeError where a whole number does not fit the other's integer dtype, or shapes do not broadcast
 * @example
 * await where(arange(5).less(3), arange(5), -1).compute(); // [0. 1. 2. -1. -1.]
 */
export function where<A extends ArrayInput, B extends ArrayInput>(
  condition: ArrayInput,
  x: A,
  y: B,
): TileArray<PromoteInputs<A, B>> {
  const dtype = commonType([x, y]);
  const arrays = [asarray(condition), ...[x, y].filter((v) => !isScalar(v)).map((v) => asarray(v))];
  const node = mapNode(
    'where',
    arrays.map((a) => a.operand),
    (e, terms) => {
      let next = 1;
      const pick = (v: ArrayInput) => (isScalar(v) ? e.constant(v, dtype) : e.cast(terms[next++], dtype));
      const [a, b] = [pick(x), pick(y)];
      return e.call('where', [e.cast(terms[0], 'bool'), a, b], dtype);
    },
  );
  return new TileArray(node);
}

/** The dtype of an array with a limit: null is none. */
type Limited<A, L> = L extends null ? DTypeOf<A> : PromoteInputs<A, L>;

/** The dtype of `clip`: that of the array, promoted with its limits. */
export type ClipOf<A, L, H> = Limited<TileArray<Limited<A, L>>, H>;

/**
 * Limits elements to `[low, high]`; either may be an array, or null for no limit. NaN stays. The dtype is the promoted one:
 * whole numbers between fractions become float64.
 *
 * @example
 * await clip([1, 5, 9], 2, 6).compute(); // [2. 5. 6.]
 * await clip([1, 5, 9], null, 6).compute(); // [1. 5. 6.]
 */
export function clip<A extends ArrayInput, L extends ArrayInput | null, H extends ArrayInput | null>(
  x: A,
  low: L,
  high: H,
): TileArray<ClipOf<A, L, H>> {
  let out = asarray(x) as TileArray<DType>;
  const { dtype } = out;
  // A limit beyond what the dtype can hold is no limit, when it is on its own side.
  const binds = (limit: ArrayInput | null, side: 1 | -1): limit is ArrayInput =>
    limit !== null && !(isScalar(limit) && !fits(limit, dtype) && Math.sign(Number(limit)) === side);
  if (binds(low, -1)) out = maximum(out, low as ArrayInput) as TileArray<DType>;
  if (binds(high, 1)) out = minimum(out, high as ArrayInput) as TileArray<DType>;
  return out as TileArray<ClipOf<A, L, H>>;
}
