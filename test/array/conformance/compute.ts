import { compute } from '../../../src/array/index.js';
import type { Engine } from '../../../src/engine/engine.js';
import { allocate, type DType, type TypedArray } from '../../../src/kernels/dtype.js';
import type { Elements } from './book.js';
import type { Tile } from './evaluate.js';

/** What became of one array: its elements, or an error. */
export interface Outcome {
  readonly elements?: Elements;
  readonly error?: unknown;
}

/** Computes arrays in one run; where that fails, in halves, so that each has its own outcome. */
export async function computeAll(tiles: readonly Tile[], engine: Engine): Promise<Outcome[]> {
  if (tiles.length === 0) return [];
  try {
    return (await computeElements(tiles, engine)).map((elements) => ({ elements }));
  } catch (error) {
    if (tiles.length === 1) return [{ error }];
    const half = tiles.length >> 1;
    return [
      ...(await computeAll(tiles.slice(0, half), engine)),
      ...(await computeAll(tiles.slice(half), engine)),
    ];
  }
}

/** The elements of arrays, all computed in one run. */
export async function computeElements(tiles: readonly Tile[], engine: Engine): Promise<Elements[]> {
  const results: readonly unknown[] = await compute(tiles, { engine });
  return results.map((result, i) => elementsOf(result, tiles[i].dtype));
}

/** What `compute` gave, as elements in C order: 0-dimensional results come as scalars. */
function elementsOf(result: unknown, dtype: DType): Elements {
  if (typeof result === 'object' && result !== null) {
    const array = result as { dtype: DType; shape: readonly number[]; data: TypedArray };
    return { dtype: array.dtype, shape: [...array.shape], data: array.data };
  }
  const data = allocate(dtype, 1);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    data[0] = BigInt(result as number | bigint);
  else data[0] = Number(result);
  return { dtype, shape: [], data };
}
