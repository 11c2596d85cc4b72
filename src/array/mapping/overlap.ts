import { checkOptions } from '../../engine/known-options.js';
import type { ModuleFunction } from '../../graph/given-function.js';
import type { DType } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { normalizeAxis, requireKnown } from '../nodes/axes.js';
import { boundaries, sum } from '../nodes/chunks.js';
import type { Scalar } from '../nodes/promote.js';
import { reachNode } from '../nodes/reach.js';
import { insideBlocks } from '../nodes/view.js';
import { type PadMode, pad } from '../shape/shifting.js';
import { type BlockFunction, type MapBlocksOptions, ofBlocks } from './blocks.js';

/**
 * What blocks at the ends of an axis see beyond it: nothing, the mirror image with the edge, the edge again and again, the other end of the
 * axis, or a constant.
 */
export type Boundary = 'none' | 'reflect' | 'nearest' | 'periodic' | Scalar;

/** One for all axes, a list of one for each, or an object by number of axis (`{ 0: 2 }`). */
export type ByAxis<T> = T | readonly T[] | { readonly [axis: number]: T };

/** How much of its neighbours a block sees, and how `mapOverlap` calls a function. */
export interface MapOverlapOptions<D extends DType = DType>
  extends Omit<MapBlocksOptions<D>, 'shape' | 'dropAxis' | 'newAxis'> {
  /** How many elements of its neighbours a block sees along each axis; of axes that are not named none. */
  readonly depth: ByAxis<number>;
  /** Default: `'none'`. */
  readonly boundary?: ByAxis<Boundary>;
  /** Whether what was seen of neighbours is taken off what the function makes (default), which then is as large as what it saw. */
  readonly trim?: boolean;
}

/** How `pad` calls what lies beyond an axis. */
const MODES: { readonly [name: string]: PadMode } = {
  reflect: 'symmetric',
  nearest: 'edge',
  periodic: 'wrap',
};

/**
 * Applies a function to every block with a margin of its neighbours around it, as stencils and filters need. The function is as `mapBlocks`
 * takes it, and makes as many elements as it sees; `info.start` is where the first one of those lies in `x`, negative where that is beyond an end.
 *
 * @throws RangeError where a depth is no whole number of 0 or more, or more than the axis is long, or an axis is out of bounds;
 *   TypeError where a boundary is none, or `chunks` are given for what is trimmed; Error where chunk sizes are unknown; else as `mapBlocks`
 * @example
 * const smooth = mapOverlap(
 *   ({ data }, { out }) => {
 *     for (let i = 1; i < data.length - 1; i++) out.data[i] = (data[i - 1] + data[i] + data[i + 1]) / 3;
 *   },
 *   arange(6, { chunks: 2 }),
 *   { depth: 1, boundary: 'nearest' },
 * );
 * await smooth.multiply(3).compute(); // [ 1. 3. 6. 9. 12. 14.]
 */
export function mapOverlap<A extends ArrayInput, D extends DType = DTypeOf<A>>(
  fn: BlockFunction<readonly [A], NoInfer<D>> | ModuleFunction,
  x: A,
  options: MapOverlapOptions<D>,
): TileArray<D> {
  const array = asarray(x) as TileArray<DType>;
  requireKnown('mapOverlap', array);
  checkOptions('mapOverlap', options, ['depth', 'boundary', 'trim', 'dtype', 'chunks', 'captured']);
  const { trim = true } = options;
  if (trim && options.chunks !== undefined)
    throw new TypeError(
      'mapOverlap: what is trimmed has the chunks of the array; { trim: false } goes with chunks',
    );
  const depths = byAxis('depth', options.depth, array.ndim, 0);
  const ends = byAxis('boundary', options.boundary ?? 'none', array.ndim, 'none');
  depths.forEach((depth, axis) => {
    checkDepth(depth, axis, array.shape[axis]);
    checkEnd(ends[axis]);
  });
  const margins = array.chunks.map((sizes, axis) => marginsOf(sizes, depths[axis], ends[axis] === 'none'));
  const bordered = depths.reduce((a, depth, axis) => withBorder(a, axis, depth, ends[axis]), array);
  const chunks = margins.map(({ sizes }) => sizes);
  const at = margins.map(({ starts }, axis) =>
    starts.map((n) => (ends[axis] === 'none' ? n : n + depths[axis])),
  );
  const reaches = chunks.map((sizes, axis) => ({ starts: at[axis], sizes }));
  const seen = new TileArray<DType>(reachNode('overlap', bordered.node, reaches));
  const places = margins.map(({ starts }) => starts);
  const made = ofBlocks('mapOverlap', fn, [seen], options, places);
  if (!trim) return made as TileArray<D>;
  const before = margins.map((margin) => margin.before);
  return new TileArray<D>(insideBlocks(made.node, array.chunks, before));
}

function byAxis<T>(name: string, given: ByAxis<T>, ndim: number, missing: T): readonly T[] {
  if (typeof given !== 'object' || given === null) return new Array<T>(ndim).fill(given as T);
  if (Array.isArray(given)) {
    if (given.length !== ndim)
      throw new RangeError(`mapOverlap: ${given.length} values of ${name} for an array of ${ndim} axes`);
    return given;
  }
  const out = new Array<T>(ndim).fill(missing);
  for (const [axis, value] of Object.entries(given))
    out[normalizeAxis(Number(axis), ndim, 'mapOverlap')] = value;
  return out;
}

function checkDepth(depth: unknown, axis: number, extent: number): void {
  if (!Number.isSafeInteger(depth) || (depth as number) < 0)
    throw new RangeError(
      `mapOverlap: the depth of axis ${axis} is a whole number of 0 or more, not ${String(depth)}`,
    );
  if ((depth as number) > extent)
    throw new RangeError(
      `mapOverlap: a depth of ${depth} is more than axis ${axis} is long, which is ${extent}`,
    );
}

function checkEnd(end: Boundary): void {
  const isScalar = typeof end === 'number' || typeof end === 'bigint' || typeof end === 'boolean';
  if (!isScalar && end !== 'none' && !Object.hasOwn(MODES, end))
    throw new TypeError(
      `mapOverlap: a boundary is 'none', 'reflect', 'nearest', 'periodic' or a number, not ${String(end)}`,
    );
}

/** The array with what lies beyond both ends of an axis. */
function withBorder(x: TileArray<DType>, axis: number, depth: number, end: Boundary): TileArray<DType> {
  if (depth === 0 || end === 'none') return x;
  const width = x.shape.map((_, a): [number, number] => (a === axis ? [depth, depth] : [0, 0]));
  const options = typeof end === 'string' ? { mode: MODES[end] } : { value: end };
  return pad(x, width, options) as TileArray<DType>;
}

/** Of blocks with their margins along an axis: how long they are, where they begin, and how much of each margin is before its block. */
function marginsOf(sizes: readonly number[], depth: number, clipped: boolean) {
  const extent = sum(sizes);
  const ends = boundaries(sizes);
  const before = sizes.map((_, b) => (clipped ? Math.min(depth, ends[b]) : depth));
  const after = sizes.map((_, b) => (clipped ? Math.min(depth, extent - ends[b + 1]) : depth));
  return {
    sizes: sizes.map((n, b) => before[b] + n + after[b]),
    starts: before.map((n, b) => ends[b] - n),
    before,
  };
}
