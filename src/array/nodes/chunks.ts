import { type DType, itemsize } from '../../kernels/dtype.js';

/** Sizes of the chunks along each axis; NaN where a size is known only once computed. */
export type Chunks = readonly (readonly number[])[];

/**
 * How a caller asks for chunks, as Dask takes it: one number for every axis, or per axis a number, a list of sizes,
 * `-1` (one chunk), or `'auto'` (chunks of about 128 MiB).
 */
export type ChunkSpec = number | 'auto' | readonly (number | 'auto' | readonly number[])[];

/** What `'auto'` aims at, in bytes. */
const AUTO_CHUNK_BYTES = 128 * 2 ** 20;

export const sum = (sizes: readonly number[]): number => sizes.reduce((a, b) => a + b, 0);
export const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/** `extent` cut into pieces of `size`, the last one shorter. */
export function cut(extent: number, size: number): number[] {
  if (extent === 0) return [0];
  const whole = Math.floor(extent / size);
  const pieces = new Array<number>(whole).fill(size);
  if (extent % size) pieces.push(extent % size);
  return pieces;
}

/** Checks a shape given by a caller. */
export function checkShape(shape: number | readonly number[]): readonly number[] {
  if (typeof shape !== 'number' && !Array.isArray(shape))
    throw new TypeError(`a shape is a whole number or a list of them, not ${typeof shape}`);
  const list = typeof shape === 'number' ? [shape] : [...shape];
  for (const n of list)
    if (!Number.isSafeInteger(n) || n < 0)
      throw new RangeError(`shape [${list.join(', ')}] must hold whole numbers of 0 or more`);
  return list;
}

/** The chunk sizes that a specification means for a shape. */
export function normalizeChunks(
  spec: ChunkSpec,
  shape: readonly number[],
  dtype: DType,
  autoBytes = AUTO_CHUNK_BYTES,
): Chunks {
  const perAxis = Array.isArray(spec)
    ? (spec as ChunkSpec & object)
    : shape.map(() => spec as number | 'auto');
  if (perAxis.length !== shape.length)
    throw new RangeError(
      `chunks [${perAxis.map((c) => JSON.stringify(c)).join(', ')}] name ${perAxis.length} axes, but the shape [${shape.join(', ')}] has ${shape.length}`,
    );
  const fixed = perAxis.map((c, axis): readonly number[] | undefined => {
    const extent = shape[axis];
    if (c === 'auto') return undefined;
    if (typeof c === 'number') {
      if (c === -1) return [extent];
      if (!Number.isSafeInteger(c) || c < 1)
        throw new RangeError(
          `chunk size ${c} on axis ${axis} must be a whole number of 1 or more, -1 or 'auto'`,
        );
      return cutChecked(extent, c, axis);
    }
    if (!Array.isArray(c))
      throw new TypeError(
        `chunks on axis ${axis} must be a size, a list of sizes, -1 or 'auto', not ${JSON.stringify(c) ?? typeof c}`,
      );
    if (sum(c) !== extent || c.some((n) => !Number.isSafeInteger(n) || n < 0))
      throw new RangeError(`chunks [${c.join(', ')}] on axis ${axis} do not add up to its extent ${extent}`);
    return c.length > 0 ? c : [0];
  });
  return autoChunks(fixed, shape, autoBytes / itemsize(dtype));
}

/** More chunks than this along one axis are a mistake: listing them alone takes longer than most work. */
const MOST_CHUNKS = 10_000_000;

function cutChecked(extent: number, size: number, axis: number): number[] {
  if (extent / size > MOST_CHUNKS)
    throw new RangeError(
      `chunks of ${size} cut axis ${axis} of extent ${extent} into ${Math.ceil(extent / size)} pieces; choose larger ones`,
    );
  return cut(extent, size);
}

/** The length of the longest chunk, at least 1. There may be more chunks than a call takes arguments. */
export const largest = (sizes: readonly number[]): number => sizes.reduce((a, b) => Math.max(a, b), 1);

/** The last block that begins at or before a place, of those with these boundaries. */
export function blockAt(starts: readonly number[], place: number): number {
  let [low, high] = [0, starts.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Fills the undecided axes so that a chunk has about `elements` elements, equally long along each of them. */
function autoChunks(
  fixed: readonly (readonly number[] | undefined)[],
  shape: readonly number[],
  elements: number,
): Chunks {
  const open = new Set(fixed.flatMap((c, axis) => (c ? [] : [axis])));
  let budget = elements / product(fixed.map((c) => largest(c ?? [])));
  const sizes = new Map<number, number>();
  while (open.size > 0) {
    const side = Math.max(1, budget ** (1 / open.size));
    const small = [...open].filter((axis) => shape[axis] <= side);
    if (small.length === 0) {
      for (const axis of open) sizes.set(axis, Math.max(1, Math.floor(side)));
      break;
    }
    for (const axis of small) {
      open.delete(axis);
      sizes.set(axis, Math.max(1, shape[axis]));
      budget /= Math.max(1, shape[axis]);
    }
  }
  return fixed.map((c, axis) => c ?? cutChecked(shape[axis], sizes.get(axis)!, axis));
}

/** Where each chunk starts: `[0, a, a + b, …]`, one longer than the sizes. */
export function boundaries(sizes: readonly number[]): number[] {
  const at = [0];
  for (const n of sizes) at.push(at[at.length - 1] + n);
  return at;
}

/** Number of chunks along each axis. */
export const gridOf = (chunks: Chunks): number[] => chunks.map((c) => c.length);

export const shapeOf = (chunks: Chunks): number[] => chunks.map(sum);

/** Shape of the block at `coords`. */
export const blockShape = (chunks: Chunks, coords: readonly number[]): number[] =>
  coords.map((i, axis) => chunks[axis][i]);

/** Whether every chunk size is known. */
export const isKnown = (chunks: Chunks): boolean => chunks.every((c) => !c.some(Number.isNaN));

export const sameSizes = (a: readonly number[], b: readonly number[]): boolean =>
  a === b || (a.length === b.length && a.every((n, i) => Object.is(n, b[i])));

/** Coordinates of all blocks of a grid, in C order. */
export function* blocksOf(grid: readonly number[]): Generator<number[]> {
  const total = product(grid);
  const at = grid.map(() => 0);
  for (let i = 0; i < total; i++) {
    yield [...at];
    for (let axis = grid.length - 1; axis >= 0; axis--) {
      if (++at[axis] < grid[axis]) break;
      at[axis] = 0;
    }
  }
}

/** The coarsest chunks whose boundaries include those of all given lists (all of one extent). */
export function commonRefinement(lists: readonly (readonly number[])[]): readonly number[] {
  const [first, ...rest] = lists;
  if (rest.every((c) => sameSizes(first, c))) return first;
  if (lists.some((c) => c.some(Number.isNaN)))
    throw new Error(
      'arrays with unknown chunk sizes can only be combined when they come from the same selection; call computeChunkSizes() first',
    );
  const at = [...new Set(lists.flatMap(boundaries))].sort((a, b) => a - b);
  const sizes = at.slice(1).map((end, i) => end - at[i]);
  return sizes.length > 0 ? sizes : [0];
}

/** C-order strides, in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}
