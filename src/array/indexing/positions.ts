import { type DType, kindOf } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput } from '../input.js';
import { product } from '../nodes/chunks.js';

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

/** Positions as numbers, none of them negative; they must be known when the graph is made. */
export function knownPositions(
  label: string,
  indices: ArrayInput,
  extent: number,
  axis: number,
): { list: Float64Array; shape: readonly number[] } {
  const { runs, shape } = listed(label, indices);
  const list = new Float64Array(runs.reduce((n, run) => n + run.length, 0));
  if (list.length !== product(shape))
    throw new TypeError(`${label}: lists of indices are ragged; they must be of one length at each depth`);
  let at = 0;
  for (const run of runs)
    for (let i = 0; i < run.length; i++) {
      const place = Number(run[i]);
      if (!Number.isInteger(place)) throw new TypeError(`${label}: index ${place} is not a whole number`);
      if (place < -extent || place >= extent)
        throw new RangeError(`index ${place} is out of bounds for axis ${axis} with size ${extent}`);
      list[at++] = place < 0 ? place + extent : place;
    }
  return { list, shape };
}

type Run = ArrayLike<number | bigint>;

/** What is listed, as runs of numbers one behind the other, and the shape that they have together. */
function listed(label: string, indices: ArrayInput): { runs: readonly Run[]; shape: readonly number[] } {
  if (indices instanceof TileArray)
    throw new TypeError(`${label}: indices must be known now; compute() the array of indices first`);
  if (typeof indices === 'object' && 'shape' in indices && 'flatten' in indices) {
    if (indices.dtype === 'bool') refuse(label, true);
    return { runs: [indices.flatten().data as unknown as Run], shape: indices.shape };
  }
  if (typeof indices !== 'object') {
    checkNumber(label, indices);
    return { runs: [[indices as number | bigint]], shape: [] };
  }
  const runs: Run[] = [];
  const shape: number[] = [];
  const visit = (items: ArrayLike<unknown>, depth: number): void => {
    if (shape.length === depth) shape.push(items.length);
    if (isNumbers(items)) runs.push(items);
    else if (typeof items[0] === 'object')
      for (const item of items as readonly unknown[]) visit(listOf(label, item), depth + 1);
    else {
      for (let i = 0; i < items.length; i++) checkNumber(label, items[i]);
      runs.push(items as Run);
    }
  };
  visit(indices as ArrayLike<unknown>, 0);
  return { runs, shape };
}

const isNumbers = (x: unknown): x is Run & ArrayLike<unknown> =>
  ArrayBuffer.isView(x) && !(x instanceof DataView);

function checkNumber(label: string, item: unknown): void {
  if (typeof item !== 'number' && typeof item !== 'bigint') refuse(label, item);
}

const listOf = (label: string, item: unknown): ArrayLike<unknown> =>
  Array.isArray(item) || isNumbers(item) ? item : refuse(label, item);

function refuse(label: string, item: unknown): never {
  throw new TypeError(`${label}: indices must be whole numbers, not ${typeof item}`);
}
