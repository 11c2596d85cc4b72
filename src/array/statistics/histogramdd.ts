/** Histograms of points in several dimensions. */
import { checkOptions } from '../../engine/known-options.js';
import type { DType } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import { diff } from '../calculus/scans.js';
import type { ArrayInput } from '../input.js';
import { product, stridesOf } from '../nodes/chunks.js';
import { promoteAll } from '../nodes/promote.js';
import { refuseOutsideNode } from '../nodes/refuse-outside.js';
import { searchsorted } from '../ordering/searching.js';
import { sum } from '../reductions/index.js';
import { reshape } from '../shape/reshape.js';
import { add, divide, equal, multiply, subtract } from '../ufuncs/index.js';
import { bincount } from './bincount.js';
import { type Edges, edgesOf } from './edges.js';

/** Bins of one dimension: how many of one width, or their edges in ascending order. */
export type Bins = number | readonly number[];

/** The bins of `histogramdd`, and how points count. */
export interface HistogramddOptions {
  /** For all dimensions how many bins of one width (default 10), or for each its bins. */
  readonly bins?: number | readonly Bins[];
  /** For each dimension where bins begin and end (default: the least and greatest coordinate). */
  readonly range?: readonly (readonly [number, number] | undefined)[];
  /** What each point counts. */
  readonly weights?: ArrayInput;
  /** Whether counts become a density, whose integral is 1. */
  readonly density?: boolean;
}

/** The bins of `histogram2d`, and how points count. */
export interface Histogram2dOptions extends Omit<HistogramddOptions, 'bins'> {
  /** For both dimensions how many bins of one width (default 10), or three edges or more; or for each its bins. */
  readonly bins?: Bins | readonly [x: Bins, y: Bins];
}

type Counts = TileArray<'float64'>;

/**
 * How many points lie in each bin of a plane, along the first axis by x and along the second by y; and the edges of the bins by x and by y. Bins are those of
 * `histogram` in each dimension.
 *
 * @throws as `histogramdd`
 * @example
 * const [counts, byX, byY] = histogram2d([0, 1, 1], [5, 5, 9], { bins: [2, 1] });
 * await counts.compute(); // [[1.] [2.]]
 * await byX.compute(); // [0. 0.5 1.]
 * await byY.compute(); // [5. 9.]
 */
export function histogram2d(
  x: ArrayInput,
  y: ArrayInput,
  options: Histogram2dOptions = {},
): readonly [counts: Counts, x: Edges, y: Edges] {
  const { bins = 10, ...others } = options;
  const both = typeof bins === 'number' || bins.length === 2 ? (bins as readonly Bins[]) : [bins, bins];
  const [counts, edges] = counted('histogram2d', [x, y], { ...others, bins: both as readonly Bins[] });
  return [counts, edges[0], edges[1]];
}

/**
 * How many points lie in each bin of a space, one axis for each dimension, and for each the edges of its bins. Points are rows of a matrix, or there is a list of
 * vectors, one for each coordinate. Bins are those of `histogram` in each dimension.
 *
 * @throws RangeError where points are no matrix and coordinates no vectors of one length, weights are not as many, there are not bins (or ranges) for each dimension,
 *   edges do not ascend or a range is none; when it is computed where coordinates are not finite and no range is given; Error where weights are given for unknown
 *   chunk sizes
 * @example
 * const [counts, edges] = histogramdd(asarray([[0, 5], [1, 5], [1, 9]]), { bins: [2, [4, 6, 10]] });
 * await counts.compute(); // [[1. 0.] [1. 1.]]
 * await edges[1].compute(); // [4. 6. 10.]
 */
export function histogramdd(
  points: ArrayInput,
  options: HistogramddOptions = {},
): readonly [counts: Counts, edges: readonly Edges[]] {
  return counted('histogramdd', coordinatesOf(points), options);
}

function coordinatesOf(points: ArrayInput): readonly ArrayInput[] {
  if (Array.isArray(points)) return points;
  const array = asarray(points);
  if (array.ndim === 1) return [array];
  if (array.ndim !== 2)
    throw new RangeError(`histogramdd: points are rows of a matrix, not an array of ${array.ndim} axes`);
  return Array.from({ length: array.shape[1] }, (_, d) => array.slice(':', d));
}

function counted(
  label: string,
  given: readonly ArrayInput[],
  options: HistogramddOptions,
): readonly [counts: Counts, edges: readonly Edges[]] {
  checkOptions(label, options, ['bins', 'range', 'weights', 'density']);
  const arrays = given.map((c) => asarray(c) as TileArray<DType>);
  // NumPy has all of them in one array, whose dtype is that of the edges.
  const dtype = promoteAll(arrays.map((c) => c.dtype));
  const coordinates = arrays.map((c) => c.astype(dtype) as TileArray<DType>);
  const wrong = coordinates.find(
    ({ shape }) => shape.length !== 1 || !Object.is(shape[0], coordinates[0].shape[0]),
  );
  if (wrong)
    throw new RangeError(
      `${label}: coordinates are vectors of one length, not arrays of ${coordinates.map(({ shape }) => `[${shape.join(', ')}]`).join(' and ')}`,
    );
  const edges = edgesBy(label, coordinates, options);
  // One bin more on either side, for what lies in none.
  const dims = edges.map((e) => e.size + 1);
  const steps = stridesOf(dims);
  const bins = coordinates
    .map((c, d) => multiply(binOf(c, edges[d]), steps[d]))
    .reduce<TileArray<DType>>(
      (all, one) => add(all, one) as TileArray<DType>,
      asarray(0n) as TileArray<DType>,
    );
  const { weights, density = false } = options;
  const minlength = product(dims);
  const flat = weights === undefined ? bincount(bins, { minlength }) : bincount(bins, { minlength, weights });
  const counts = reshape(flat.astype('float64'), dims).slice(...dims.map(() => '1:-1')) as Counts;
  return [density ? densityOf(counts, edges) : counts, edges];
}

function edgesBy(
  label: string,
  coordinates: readonly TileArray<DType>[],
  { bins = 10, range }: HistogramddOptions,
): readonly Edges[] {
  const each = typeof bins === 'number' ? coordinates.map(() => bins) : bins;
  for (const [what, list] of [
    ['bins', each],
    ['ranges', range],
  ] as const)
    if (list !== undefined && list.length !== coordinates.length)
      throw new RangeError(
        `${label}: ${what} for ${list.length} dimensions, of which there are ${coordinates.length}`,
      );
  return coordinates.map((c, d) => {
    const edges = edgesOf(label, c, each[d], range?.[d]);
    return typeof each[d] === 'number' && range?.[d] === undefined ? finite(label, edges) : edges;
  });
}

const finite = (label: string, { node }: Edges): Edges =>
  new TileArray(
    refuseOutsideNode(node, 'edges', {
      message: `${label}: coordinates that are not finite have no least and greatest; say where bins begin and end by range`,
      from: Number.NEGATIVE_INFINITY,
    }),
  );

/** 1 for what lies in the first bin; 0 for what is before it. The last bin has its upper edge. */
const binOf = (c: TileArray<DType>, edges: Edges): TileArray<DType> =>
  subtract(
    searchsorted(edges, c, { side: 'right' }),
    equal(c, edges.slice(-1)).astype('int64'),
  ) as TileArray<DType>;

function densityOf(counts: Counts, edges: readonly Edges[]): Counts {
  const shares = edges.reduce((all, e, d) => {
    const widths = reshape(
      diff(e),
      edges.map((_, a) => (a === d ? -1 : 1)),
    );
    return divide(all, widths) as Counts;
  }, counts);
  return divide(shares, sum(counts)) as Counts;
}
