import type { DType } from '../../kernels/dtype.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { requireList } from '../nodes/axes.js';
import { where } from '../ufuncs/index.js';

/** What a piece is made of: a value, or a function of the array. */
export type Piece<D extends DType = DType> = number | bigint | boolean | ((x: TileArray<D>) => ArrayInput);

/**
 * An array that is defined piece by piece: where a condition is true, what its piece makes of the array there; of several the last one; elsewhere what one piece more makes, or 0. Pieces
 * are values, or functions that make an array of the whole array, such as `(x) => x.negative()`. In the dtype of the array.
 *
 * @throws TypeError where a condition is not bool; RangeError where there are neither as many pieces as conditions nor one more, or shapes do not broadcast
 * @example
 * await piecewise(x, [x.less(2), x.greater(3)], [-1, (above) => above.multiply(10)]).compute(); // [[-1. -1. 0.] [0. 40. 50.]]
 */
export function piecewise<A extends ArrayInput>(
  x: A,
  conditions: readonly ArrayInput[],
  pieces: readonly Piece<DTypeOf<A>>[],
): TileArray<DTypeOf<A>> {
  requireList(conditions, 'piecewise');
  requireList(pieces, 'piecewise');
  if (pieces.length !== conditions.length && pieces.length !== conditions.length + 1)
    throw new RangeError(
      `piecewise: ${pieces.length} pieces for ${conditions.length} conditions; there may be one more, for what is elsewhere`,
    );
  const array = asarray(x) as TileArray<DTypeOf<A>>;
  const masks = conditions.map((condition) => asarray(condition) as TileArray<DType>);
  const wrong = masks.find(({ dtype }) => dtype !== 'bool');
  if (wrong)
    throw new TypeError(`piecewise: a condition is bool, not ${wrong.dtype}; compare, or use astype('bool')`);
  const made = (piece: Piece<DTypeOf<A>>): TileArray<DType> =>
    asarray(typeof piece === 'function' ? piece(array) : piece).astype(array.dtype) as TileArray<DType>;
  const elsewhere = where(true, made(pieces[conditions.length] ?? 0), array);
  return masks.reduce<ArrayInput>(
    (rest, mask, i) => where(mask, made(pieces[i]), rest),
    elsewhere,
  ) as TileArray<DTypeOf<A>>;
}
