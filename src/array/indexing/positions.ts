import { type DType, kindOf } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput } from '../input.js';

/** Positions as int64; throws a TypeError where they are no whole numbers. */
export function positionsOf(label: string, indices: ArrayInput): TileArray<'int64'> {
  const places = asarray(indices) as TileArray<DType>;
  const kind = kindOf(places.dtype);
  if (kind !== 'int' && kind !== 'uint' && !isWhole(indices))
    throw new TypeError(`${label}: indices are integers, not ${places.dtype}; use astype('int64')`);
  return places.astype('int64');
}

/** Numbers of JavaScript are floats, also where they are whole. */
const isWhole = (x: unknown): boolean => (Array.isArray(x) ? x.every(isWhole) : Number.isInteger(x));

/** Positions as numbers; they must be known when the graph is made. */
export function knownPositions(
  label: string,
  indices: ArrayInput,
  extent: number,
  axis: number,
): { list: Float64Array; shape: readonly number[] } {
  const flat: number[] = [];
  const shape: number[] = [];
  const visit = (v: unknown, depth: number): void => {
    if (Array.isArray(v) || (ArrayBuffer.isView(v) && !(v instanceof DataView))) {
      const items = v as ArrayLike<unknown>;
      if (shape.length === depth) shape.push(items.length);
      for (let i = 0; i < items.length; i++) visit(items[i], depth + 1);
    } else if (typeof v === 'number' || typeof v === 'bigint') flat.push(Number(v));
    else throw new TypeError(`${label}: indices must be whole numbers, not ${typeof v}`);
  };
  const given =
    typeof indices === 'object' && 'shape' in indices && 'tolist' in indices
      ? (indices as { tolist(): unknown }).tolist()
      : indices;
  if (given instanceof TileArray)
    throw new TypeError(`${label}: indices must be known now; compute() the array of indices first`);
  visit(given, 0);
  const list = Float64Array.from(flat, (i) => {
    if (!Number.isInteger(i)) throw new TypeError(`${label}: index ${i} is not a whole number`);
    if (i < -extent || i >= extent)
      throw new RangeError(`index ${i} is out of bounds for axis ${axis} with size ${extent}`);
    return i < 0 ? i + extent : i;
  });
  return { list, shape };
}
