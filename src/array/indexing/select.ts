import { checkOptions } from '../../engine/known-options.js';
import type { DType } from '../../kernels/dtype.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput } from '../input.js';
import { requireList } from '../nodes/axes.js';
import { promoteAll, promoteScalar, type Scalar, scalarType } from '../nodes/promote.js';
import { equal, where } from '../ufuncs/index.js';
import { inside, type OutsideMode } from './flat-places.js';
import { positionsOf } from './positions.js';

/**
 * For each place the element of the first choice whose condition is true there, else the default. All are broadcast, and promoted to one dtype.
 *
 * @throws TypeError where a condition is not bool; RangeError where there are not as many choices as conditions, there is none, or shapes do not broadcast
 * @example
 * await select([x.less(2), x.greater(3)], [x, x.multiply(10)], -1).compute(); // [[ 0.  1. -1.] [-1. 40. 50.]]
 */
export function select(
  conditions: readonly ArrayInput[],
  choices: readonly ArrayInput[],
  otherwise: ArrayInput = 0,
): TileArray<DType> {
  requireList(conditions, 'select');
  requireList(choices, 'select');
  if (conditions.length !== choices.length)
    throw new RangeError(
      `select: ${conditions.length} conditions and ${choices.length} choices are no pairs`,
    );
  const masks = conditions.map((condition) => asarray(condition) as TileArray<DType>);
  const wrong = masks.find(({ dtype }) => dtype !== 'bool');
  if (wrong)
    throw new TypeError(`select: a condition is bool, not ${wrong.dtype}; compare, or use astype('bool')`);
  const values = [...choices, otherwise];
  const scalars = values.filter((value): value is Scalar => typeof value !== 'object');
  const arrays = values.filter((value) => typeof value === 'object').map((value) => asarray(value).dtype);
  const dtype =
    arrays.length > 0
      ? scalars.reduce(promoteScalar, promoteAll(arrays))
      : promoteAll(scalars.map(scalarType));
  const chosen = masks.reduceRight<ArrayInput>((rest, mask, i) => where(mask, choices[i], rest), otherwise);
  return asarray(chosen).astype(dtype) as TileArray<DType>;
}

/**
 * For each place the element there of the choice that `index` names. All are broadcast, and promoted to one dtype.
 *
 * @throws TypeError where the index is no whole number; RangeError where there is no choice, or shapes do not broadcast, or, when it is computed, there is no
 *   such choice and `mode` is `'raise'` (the default)
 * @example
 * await choose([0, 1, 0], [[1, 2, 3], [10, 20, 30]]).compute(); // [1. 20. 3.]
 * await choose([-1, 7], [[1, 2], [10, 20]], { mode: 'clip' }).compute(); // [1. 20.]
 */
export function choose(
  index: ArrayInput,
  choices: readonly ArrayInput[],
  options: { readonly mode?: OutsideMode } = {},
): TileArray<DType> {
  requireList(choices, 'choose');
  checkOptions('choose', options, ['mode']);
  if (choices.length === 0) throw new RangeError('choose: there is no choice');
  const which = inside('choose', positionsOf('choose', index), choices.length, options.mode ?? 'raise');
  return select(
    choices.map((_, k) => equal(which, k)),
    choices,
    choices[choices.length - 1],
  );
}
