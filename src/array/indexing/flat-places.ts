/** Places in an array of several axes, and in the same array when it is flat. */
import { checkOptions } from '../../engine/known-options.js';
import { TileArray } from '../array.js';
import type { ArrayInput } from '../input.js';
import { stack } from '../joining/concatenate.js';
import { requireList } from '../nodes/axes.js';
import { checkShape, product, stridesOf } from '../nodes/chunks.js';
import { refuseOutsideNode } from '../nodes/refuse-outside.js';
import { add, clip, floorDivide, multiply, remainder } from '../ufuncs/index.js';
import { nonzero } from './nonzero.js';
import { positionsOf } from './positions.js';

type Places = TileArray<'int64'>;

/**
 * Where the elements are that are not zero (or true): a row for each, with its place along each axis, in the order of the flattened array. How many
 * rows there are is known once computed (see `computeChunkSizes`).
 *
 * @throws RangeError of an array without axes; Error where chunk sizes are unknown
 * @example
 * await argwhere(x.greater(3)).compute(); // [[1 1] [1 2]]
 */
export const argwhere = (x: ArrayInput): Places => stack(nonzero(x), 1) as unknown as Places;

/**
 * Of places in a flat array, the places along each axis of an array of this shape.
 *
 * @throws TypeError where places are no whole numbers; RangeError where the shape makes no sense or, when it is computed, a place is outside
 * @example
 * const [rows, columns] = unravelIndex([1, 5], [2, 3]);
 * await rows.compute(); // [0 1]
 * await columns.compute(); // [1 2]
 * await unravelIndex(x.argmax(), x.shape)[1].compute(); // 2
 */
export function unravelIndex(indices: ArrayInput, shape: number | readonly number[]): readonly Places[] {
  const dims = checkShape(shape);
  const flat = within('unravelIndex', positionsOf('unravelIndex', indices), product(dims));
  const steps = stridesOf(dims);
  // Where nothing is, nothing is divided.
  return dims.map((n, a) => remainder(floorDivide(flat, Math.max(steps[a], 1)), Math.max(n, 1)) as Places);
}

const MODES = ['raise', 'wrap', 'clip'] as const;

/** What becomes of places that are outside: an error when they are computed, the place that is as far from the other end, or the nearest. */
export type OutsideMode = (typeof MODES)[number];

/** What `ravelMultiIndex` does with places that are outside. */
export interface RavelOptions {
  /** For all axes, or for each (default `'raise'`). */
  readonly mode?: OutsideMode | readonly OutsideMode[];
}

/**
 * Of places along each axis of an array of this shape, which broadcast, the places in the flat array.
 *
 * @throws TypeError where places are no whole numbers, or a mode is none; RangeError where there are not as many lists of places (or modes) as axes, or, when it is
 *   computed, a place is outside
 * @example
 * await ravelMultiIndex([[0, 1], [1, 2]], [2, 3]).compute(); // [1 5]
 * await ravelMultiIndex([[0, 3], [-1, 2]], [2, 3], { mode: ['clip', 'wrap'] }).compute(); // [2 5]
 */
export function ravelMultiIndex(
  places: readonly ArrayInput[],
  shape: number | readonly number[],
  options: RavelOptions = {},
): Places {
  requireList(places, 'ravelMultiIndex');
  checkOptions('ravelMultiIndex', options, ['mode']);
  const dims = checkShape(shape);
  const { mode = 'raise' } = options;
  const modes = typeof mode === 'string' ? dims.map(() => mode) : mode;
  for (const [what, list] of [
    ['lists of places', places],
    ['modes', modes],
  ] as const)
    if (list.length !== dims.length)
      throw new RangeError(`ravelMultiIndex: ${list.length} ${what} for ${dims.length} axes`);
  if (dims.length === 0) throw new RangeError('ravelMultiIndex: an array without axes has no places');
  const steps = stridesOf(dims);
  const terms = places.map((list, a) => {
    const along = inside('ravelMultiIndex', positionsOf('ravelMultiIndex', list), dims[a], modes[a]);
    return multiply(along, steps[a]) as Places;
  });
  return terms.reduce((sum, term) => add(sum, term) as unknown as Places);
}

/** Places that are within 0 … `extent` - 1, those outside being dealt with. */
export function inside(label: string, places: Places, extent: number, mode: OutsideMode): Places {
  if (!MODES.includes(mode))
    throw new TypeError(`${label}: mode is one of ${MODES.join(', ')}, not ${String(mode)}`);
  if (mode === 'raise' || extent === 0) return within(label, places, extent);
  return (mode === 'wrap' ? remainder(places, extent) : clip(places, 0, extent - 1)) as unknown as Places;
}

const within = (label: string, places: Places, extent: number): Places =>
  new TileArray(
    refuseOutsideNode(places.node, 'places', {
      message: `${label}: place {} is outside of 0 … ${extent - 1}`,
      from: 0,
      below: extent,
    }),
  );
