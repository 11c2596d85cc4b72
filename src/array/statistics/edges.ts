import type { DType } from '../../kernels/dtype.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import { arange, linspace } from '../creation/sequences.js';
import { concatenate } from '../joining/concatenate.js';
import { max, min } from '../reductions/index.js';
import * as ufuncs from '../ufuncs/index.js';

/** The dtype of edges: of float32 elements bins of one width have edges of float32. */
export type EdgesOf<D extends DType> = D extends 'float32' ? 'float32' | 'float64' : 'float64';
export type Edges = TileArray<'float32' | 'float64'>;

/**
 * The edges of so many bins of one width, which begin and end where `range` says or with the least and greatest element; or edges that are given. Of float32 elements the edges
 * that are worked out are float32, as NumPy has it, and worked out so; with a `range` they are of the dtype `ranged`.
 *
 * @throws RangeError where there is no bin, edges do not ascend, or a range is none
 */
export function edgesOf(
  label: string,
  x: TileArray<DType>,
  bins: number | readonly number[] = 10,
  range?: readonly [number, number],
  ranged: 'float32' | 'float64' = 'float64',
): Edges {
  if (typeof bins !== 'number') {
    if (bins.length < 2) throw new RangeError(`${label}: bins need two edges or more`);
    if (bins.some((edge, i) => !(i === 0 || edge >= bins[i - 1])))
      throw new RangeError(`${label}: the edges of bins must ascend`);
    return asarray(Float64Array.from(bins)).rechunk(-1);
  }
  if (!Number.isSafeInteger(bins) || bins < 1)
    throw new RangeError(`${label}: bins are a whole number of 1 or more, not ${bins}`);
  if (range !== undefined) {
    const [low, high] = range;
    if (!(Number.isFinite(low) && Number.isFinite(high) && low <= high))
      throw new RangeError(`${label}: [${range.join(', ')}] is no range`);
    const half = low === high ? 0.5 : 0;
    return linspace(low - half, high + half, bins + 1).astype(ranged);
  }
  if (x.size === 0) return linspace(0, 1, bins + 1).astype(ranged);
  const dtype = x.dtype === 'float32' ? 'float32' : 'float64';
  const [least, greatest] = [min(x).astype(dtype), max(x).astype(dtype)];
  const apart = ufuncs.notEqual(least, greatest);
  const low = ufuncs.where(apart, least, ufuncs.subtract(least, 0.5));
  const high = ufuncs.where(apart, greatest, ufuncs.add(greatest, 0.5));
  const step = ufuncs.divide(ufuncs.subtract(high, low), bins);
  const inner = ufuncs.add(ufuncs.multiply(arange(bins).astype(dtype), step), low);
  return (concatenate([inner, (high as TileArray<DType>).reshape([1])]) as Edges).rechunk(-1);
}
