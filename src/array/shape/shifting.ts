/** Elements moved along axes, and borders put around arrays. */

import { checkOptions } from '../../engine/known-options.js';
import type { DType } from '../../kernels/dtype.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import { full } from '../creation/filled.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { concatenate } from '../joining/concatenate.js';
import { normalizeAxes, normalizeAxis, requireKnown } from '../nodes/axes.js';
import type { Scalar } from '../nodes/promote.js';
import { broadcastTo } from './broadcast.js';
import { flip, transpose } from './rearranging.js';
import { ravel } from './reshape.js';

const along = (x: TileArray<DType>, axis: number, range: string): TileArray<DType> =>
  x.slice(...x.shape.map((_, a) => (a === axis ? range : ':')));

/**
 * Elements moved on by `shift` places, those that leave at one end coming in at the other: along an axis, along several (each by its own
 * shift), or of the array as if it were flat.
 *
 * @throws RangeError where an axis is out of bounds, or shifts and axes are not equally many; Error where chunk sizes are unknown
 * @example
 * await roll([1, 2, 3, 4], 1).compute(); // [4. 1. 2. 3.]
 * await roll(x, -1, 1).compute(); // [[1. 2. 0.] [4. 5. 3.]]
 */
export function roll<A extends ArrayInput>(
  x: A,
  shift: number | readonly number[],
  axis?: number | readonly number[],
): TileArray<DTypeOf<A>> {
  const array = asarray(x);
  requireKnown('roll', array);
  const shifts = typeof shift === 'number' ? [shift] : shift;
  const wrong = shifts.find((n) => !Number.isInteger(n));
  if (wrong !== undefined) throw new RangeError(`roll: a shift is a whole number, not ${wrong}`);
  if (axis === undefined) {
    const flat = ravel(array) as TileArray<DType>;
    return shifts.reduce((a, n) => rolled(a, n, 0), flat).reshape(array.shape) as TileArray<DTypeOf<A>>;
  }
  const axes = (typeof axis === 'number' ? [axis] : axis).map((a) => normalizeAxis(a, array.ndim, 'roll'));
  if (shifts.length !== axes.length && shifts.length !== 1 && axes.length !== 1)
    throw new RangeError(`roll: ${shifts.length} shifts for ${axes.length} axes`);
  const count = Math.max(shifts.length, axes.length);
  let out = array as TileArray<DType>;
  for (let i = 0; i < count; i++) out = rolled(out, shifts[i % shifts.length], axes[i % axes.length]);
  return out as TileArray<DTypeOf<A>>;
}

function rolled(x: TileArray<DType>, shift: number, axis: number): TileArray<DType> {
  const extent = x.shape[axis];
  const by = extent === 0 ? 0 : ((shift % extent) + extent) % extent;
  if (by === 0) return x;
  return concatenate([along(x, axis, `${extent - by}:`), along(x, axis, `:${extent - by}`)], axis);
}

/**
 * Turned by 90 degrees so many times, from the first towards the second axis. A view.
 *
 * @throws RangeError where the axes are not two
 * @example
 * await rot90(x).compute(); // [[2. 5.] [1. 4.] [0. 3.]]
 */
export function rot90<A extends ArrayInput>(
  x: A,
  times = 1,
  axes: readonly [number, number] = [0, 1],
): TileArray<DTypeOf<A>> {
  const array = asarray(x);
  const [a, b] = axes.map((axis) => normalizeAxis(axis, array.ndim, 'rot90'));
  normalizeAxes([a, b], array.ndim, 'rot90');
  const turned = transpose(
    array,
    array.shape.map((_, i) => (i === a ? b : i === b ? a : i)),
  );
  const by = ((times % 4) + 4) % 4;
  const made =
    by === 0 ? array : by === 1 ? flip(turned, a) : by === 2 ? flip(array, [a, b]) : flip(turned, b);
  return made as TileArray<DTypeOf<A>>;
}

/**
 * Columns in reverse order: along the second axis. A view.
 *
 * @throws RangeError where there is no second axis; Error where its chunk sizes are unknown
 * @example
 * await fliplr(x).compute(); // [[2. 1. 0.] [5. 4. 3.]]
 */
export const fliplr = <A extends ArrayInput>(x: A): TileArray<DTypeOf<A>> => flip(x, 1);

/**
 * Rows in reverse order: along the first axis. A view.
 *
 * @throws RangeError where there is no axis; Error where its chunk sizes are unknown
 * @example
 * await flipud(x).compute(); // [[3. 4. 5.] [0. 1. 2.]]
 */
export const flipud = <A extends ArrayInput>(x: A): TileArray<DTypeOf<A>> => flip(x, 0);

/** What `pad` puts around an array: a constant, or elements of its own: its edge, its mirror image without or with the edge, its other end. */
export type PadMode = (typeof PAD_MODES)[number];

const PAD_MODES = ['constant', 'edge', 'reflect', 'symmetric', 'wrap'] as const;

/** What `pad` fills with. */
export interface PadOptions {
  /** Default: `'constant'`. */
  readonly mode?: PadMode;
  /** The constant (default: 0). */
  readonly value?: Scalar;
}

/** Widths before and after: for all axes, or for each. */
export type PadWidth = number | readonly [number, number] | readonly (readonly [number, number])[];

/**
 * The array with a border: `width` elements at both ends of all axes, `[before, after]`, or a pair for each axis.
 *
 * @throws RangeError where widths are not whole numbers of 0 or more, there is no pair for each axis, or there is too little to mirror;
 *   Error where chunk sizes are unknown
 * @example
 * await pad([1, 2], 1).compute(); // [0. 1. 2. 0.]
 * await pad([1, 2, 3], [2, 0], { mode: 'reflect' }).compute(); // [3. 2. 1. 2. 3.]
 */
export function pad<A extends ArrayInput>(
  x: A,
  width: PadWidth,
  options: PadOptions = {},
): TileArray<DTypeOf<A>> {
  const array = asarray(x);
  requireKnown('pad', array);
  checkOptions('pad', options, ['mode', 'value']);
  const { mode = 'constant', value = 0 } = options;
  if (!PAD_MODES.includes(mode))
    throw new TypeError(`pad: mode is one of ${PAD_MODES.join(', ')}, not ${String(mode)}`);
  const widths = widthsOf(width, array.ndim);
  let out = array as TileArray<DType>;
  widths.forEach(([before, after], axis) => {
    const parts = [
      ...border(out, axis, before, 'before', mode, value),
      out,
      ...border(out, axis, after, 'after', mode, value),
    ];
    if (parts.length > 1) out = concatenate(parts, axis);
  });
  return out as TileArray<DTypeOf<A>>;
}

function widthsOf(width: PadWidth, ndim: number): readonly (readonly [number, number])[] {
  const pairs: readonly (readonly number[])[] =
    typeof width === 'number'
      ? new Array(ndim).fill([width, width])
      : typeof width[0] === 'number'
        ? new Array(ndim).fill(width)
        : (width as readonly (readonly number[])[]);
  const each = pairs.length === 1 ? new Array<readonly number[]>(ndim).fill(pairs[0]) : pairs;
  if (each.length !== ndim || each.some((pair) => pair.length !== 2))
    throw new RangeError(`pad: a pair of widths is needed for each of ${ndim} axes`);
  if (each.flat().some((n) => !Number.isSafeInteger(n) || n < 0))
    throw new RangeError(`pad: widths are whole numbers of 0 or more, not ${each.flat().join(', ')}`);
  return each as readonly (readonly [number, number])[];
}

function border(
  x: TileArray<DType>,
  axis: number,
  width: number,
  side: 'before' | 'after',
  mode: PadMode,
  value: Scalar,
): TileArray<DType>[] {
  if (width === 0) return [];
  const extent = x.shape[axis];
  const shape = x.shape.map((n, a) => (a === axis ? width : n));
  const chunks = x.chunks.map((c, a) => (a === axis ? [width] : c));
  if (mode === 'constant') return [full(shape, value, { dtype: x.dtype, chunks }) as TileArray<DType>];
  if (extent === 0) throw new RangeError(`pad: axis ${axis} has no elements for mode ${mode}`);
  if (mode === 'edge') return [broadcastTo(along(x, axis, side === 'before' ? ':1' : '-1:'), shape, chunks)];
  // Mirrored with the edge or repeated, an axis goes on with itself; mirrored without the edge, with what is beside it.
  const period = mode === 'reflect' ? extent - 1 : extent;
  if (period === 0 && mode === 'reflect') return [broadcastTo(x, shape, chunks)];
  const unit = (turn: number): TileArray<DType> => {
    const whole =
      mode !== 'reflect' ? x : side === 'before' ? along(x, axis, '1:') : along(x, axis, `:${extent - 1}`);
    const odd = along(x, axis, side === 'before' ? `:${extent - 1}` : '1:');
    if (mode === 'wrap') return x;
    if (mode === 'symmetric') return turn % 2 === 0 ? flip(x, axis) : x;
    return turn % 2 === 0 ? flip(whole, axis) : odd;
  };
  const parts: TileArray<DType>[] = [];
  for (let left = width, turn = 0; left > 0; left -= period, turn++) {
    const next = unit(turn);
    const kept =
      left >= period ? next : along(next, axis, side === 'before' ? `${period - left}:` : `:${left}`);
    if (side === 'before') parts.unshift(kept);
    else parts.push(kept);
  }
  return parts;
}
