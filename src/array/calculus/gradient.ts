import { checkOptions } from '../../engine/known-options.js';
import { type DType, kindOf } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { concatenate } from '../joining/concatenate.js';
import { normalizeAxis, requireKnown } from '../nodes/axes.js';
import type { MeanOf } from '../nodes/promote.js';
import { rechunkNode } from '../nodes/rechunk.js';
import { sum } from '../reductions/index.js';
import { add, divide, multiply, subtract } from '../ufuncs/index.js';
import { diff } from './scans.js';

/**
 * The slope along one axis of elements that lie `spacing` apart: from the neighbours on both sides, at the ends from the one that there is. NumPy's
 * `gradient` of several axes is one call for each.
 *
 * @param axis may be left out of an array of one axis
 * @throws TypeError of bool, and where an array of several axes has no axis named; RangeError where the axis is out of bounds or has fewer than two
 *   elements, or the spacing is no number; Error where chunk sizes are unknown
 * @example
 * await gradient([1, 2, 4, 7]).compute(); // [1.  1.5 2.5 3. ]
 * await gradient(x, 1, 2).compute(); // [[0.5 0.5 0.5] [0.5 0.5 0.5]]
 */
export function gradient<A extends ArrayInput>(
  x: A,
  axis?: number,
  spacing = 1,
): TileArray<MeanOf<DTypeOf<A>>> {
  const array = asarray(x) as TileArray<DType>;
  requireKnown('gradient', array);
  if (axis === undefined && array.ndim > 1)
    throw new TypeError(`gradient: say along which of ${array.ndim} axes`);
  if (kindOf(array.dtype) === 'bool') throw new TypeError('gradient: bool has no slope; use astype first');
  if (!Number.isFinite(spacing)) throw new RangeError(`gradient: the spacing is a number, not ${spacing}`);
  const along = normalizeAxis(axis ?? 0, array.ndim, 'gradient');
  if (array.shape[along] < 2)
    throw new RangeError(
      `gradient: axis ${along} of extent ${array.shape[along]} has too few elements; two are needed`,
    );
  const typed = array.astype(array.dtype === 'float32' ? 'float32' : 'float64') as TileArray<DType>;
  const part = (range: string) => typed.slice(...typed.shape.map((_, a) => (a === along ? range : ':')));
  const slope = (after: string, before: string, apart: number) =>
    divide(subtract(part(after), part(before)), apart * spacing);
  const slopes = concatenate([slope('1:2', ':1', 1), slope('2:', ':-2', 2), slope('-1:', '-2:-1', 1)], along);
  return new TileArray<MeanOf<DTypeOf<A>>>(rechunkNode(slopes.node, array.chunks));
}

/** Where the elements lie that `trapezoid` adds up. */
export interface TrapezoidOptions {
  /** Where they are: a vector for those along the axis, or an array of their shape. */
  readonly x?: ArrayInput;
  /** How far they are apart, where `x` does not say (default 1). */
  readonly dx?: number;
  /** Default: the last. */
  readonly axis?: number;
}

/**
 * The integral along an axis, by the trapezoidal rule.
 *
 * @throws RangeError where the axis is out of bounds, or `x` does not fit; Error where chunk sizes are unknown
 * @example
 * await trapezoid([1, 2, 3]).compute(); // 4
 * await trapezoid([1, 2, 3], { x: [4, 6, 8] }).compute(); // 8
 */
export function trapezoid(y: ArrayInput, options: TrapezoidOptions = {}): TileArray<'float64' | 'float32'> {
  checkOptions('trapezoid', options, ['x', 'dx', 'axis']);
  const { x, dx = 1, axis = -1 } = options;
  const array = asarray(y) as TileArray<DType>;
  requireKnown('trapezoid', array);
  const along = normalizeAxis(axis, array.ndim, 'trapezoid');
  const part = (range: string) => array.slice(...array.shape.map((_, a) => (a === along ? range : ':')));
  const widths = x === undefined ? dx : widthsOf(x, array, along);
  const areas = divide(multiply(widths, add(part('1:'), part(':-1'))), 2);
  return sum(areas as TileArray<DType>, along) as unknown as TileArray<'float64' | 'float32'>;
}

function widthsOf(x: ArrayInput, y: TileArray<DType>, along: number): TileArray<DType> {
  const places = asarray(x) as TileArray<DType>;
  if (places.ndim !== 1) return diff(places, 1, along) as TileArray<DType>;
  return diff(places).slice(...y.shape.map((_, a) => (a === along ? ':' : 'newaxis'))) as TileArray<DType>;
}
