import type { DType } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { inOneBlock } from '../mapping/lanes.js';
import { requireKnown } from '../nodes/axes.js';
import { boundaries, cut, largest, sum } from '../nodes/chunks.js';
import { type ArrayNode, makeNode, type TasksNode } from '../nodes/node.js';
import { type Promote, promoteTypes } from '../nodes/promote.js';
import { reachNode } from '../nodes/reach.js';
import { workOf } from '../nodes/work.js';
import type { CorrelateParams } from '../ops/correlate.js';
import { atleast1d } from '../shape/atleast.js';
import { flip } from '../shape/rearranging.js';

/** Which places two vectors are laid beside each other at: all where they overlap, as many as the longer one is long, or those where the shorter one is covered. */
export type ConvolveMode = 'full' | 'same' | 'valid';

const MODES: readonly ConvolveMode[] = ['full', 'same', 'valid'];

type Vector = TileArray<DType>;

/**
 * The discrete convolution of two vectors: `a[0]·v[i] + a[1]·v[i - 1] + …`. The shorter one comes into one block.
 *
 * @throws RangeError where one is no vector, or empty; TypeError where the mode is none; Error where chunk sizes are unknown
 * @example
 * await convolve([1, 2, 3], [0, 1, 0.5]).compute(); // [0. 1. 2.5 4. 1.5]
 * await convolve([1, 2, 3], [0, 1, 0.5], 'same').compute(); // [1. 2.5 4. ]
 */
export function convolve<A extends ArrayInput, B extends ArrayInput>(
  a: A,
  v: B,
  mode: ConvolveMode = 'full',
): TileArray<Promote<DTypeOf<A>, DTypeOf<B>>> {
  const [x, y] = vectorsOf('convolve', a, v, mode);
  const [long, short] = x.size >= y.size ? [x, y] : [y, x];
  return summed('convolve', long, flip(short) as Vector, mode) as never;
}

/**
 * The cross-correlation of two vectors: sums of the products of `v`, laid beside `a` at place after place, as signal processing has it. The shorter one comes into one
 * block. `mode` is `'valid'` unless told, as NumPy has it.
 *
 * @throws as `convolve`
 * @example
 * await correlate([1, 2, 3], [0, 1, 0.5]).compute(); // [3.5]
 * await correlate([1, 2, 3], [0, 1, 0.5], 'full').compute(); // [0.5 2. 3.5 3. 0. ]
 */
export function correlate<A extends ArrayInput, B extends ArrayInput>(
  a: A,
  v: B,
  mode: ConvolveMode = 'valid',
): TileArray<Promote<DTypeOf<A>, DTypeOf<B>>> {
  const [x, y] = vectorsOf('correlate', a, v, mode);
  if (x.size >= y.size) return summed('correlate', x, y, mode) as never;
  return flip(summed('correlate', y, x, mode)) as never;
}

function vectorsOf(label: string, a: ArrayInput, v: ArrayInput, mode: ConvolveMode): [Vector, Vector] {
  if (!MODES.includes(mode))
    throw new TypeError(`${label}: mode is 'full', 'same' or 'valid', not ${String(mode)}`);
  const [x, y] = [a, v].map((each) => atleast1d(asarray(each)) as Vector);
  requireKnown(label, x, y);
  for (const each of [x, y])
    if (each.ndim !== 1 || each.size === 0)
      throw new RangeError(
        `${label} takes two vectors that are not empty, not arrays of shapes [${x.shape.join(', ')}] and [${y.shape.join(', ')}]`,
      );
  const dtype = promoteTypes(x.dtype, y.dtype);
  return [x.astype(dtype) as Vector, y.astype(dtype) as Vector];
}

/** The sums of products of `v` with what is beside it in `x`, which is not shorter. */
function summed(label: string, x: Vector, v: Vector, mode: ConvolveMode): Vector {
  const [n, m] = [x.size, v.size];
  // Counted through all places where the two overlap.
  const first = mode === 'full' ? 0 : mode === 'same' ? (m - 1) >> 1 : m - 1;
  const count = mode === 'full' ? n + m - 1 : mode === 'same' ? n : n - m + 1;
  const whole = v.chunks[0].length === 1 ? v : inOneBlock(label, v, 0);
  return new TileArray<DType>(
    correlateNode(label, x.node, whole.node, first, sizesOf(x.chunks[0], count, m)),
  );
}

/** The chunks of `x`, shorter or longer at the end; where they are shorter than what each of their elements reaches, longer ones. */
function sizesOf(own: readonly number[], count: number, reach: number): readonly number[] {
  const most = largest(own);
  if (most < reach) return cut(count, reach);
  const ends = boundaries(own).filter((end) => end > 0 && end < count);
  const last = ends.at(-1) ?? 0;
  return [...ends.map((end, i) => end - (ends[i - 1] ?? 0)), ...cut(count - last, most)];
}

function correlateNode(
  label: string,
  x: ArrayNode,
  v: ArrayNode,
  first: number,
  sizes: readonly number[],
): ArrayNode {
  const [n, m] = [x.shape[0], v.shape[0]];
  const dtype = x.parts[0];
  const begins = boundaries(sizes).map((at) => at + first - (m - 1));
  const starts = sizes.map((_, b) => Math.max(0, begins[b]));
  const reach = { starts, sizes: sizes.map((size, b) => Math.min(n, begins[b] + size + m - 1) - starts[b]) };
  const seen = reachNode(`${label}-seen`, x, [reach]);
  return makeNode<TasksNode>(label, [first, sum(sizes)], {
    kind: 'tasks',
    parts: [dtype],
    chunks: [sizes],
    inputs: [seen, v].map((node) => ({ node, part: 0 })),
    task: (coords, key, emit) => {
      const [b] = coords;
      const out = [{ dtype, shape: [sizes[b]] }];
      return {
        key,
        op: 'array/correlate',
        inputs: [emit.keyOf(seen, coords), emit.keyOf(v, [0])],
        params: { shift: begins[b] - starts[b] } satisfies CorrelateParams,
        out,
        work: workOf(sizes[b], 2 * m, out),
      };
    },
  });
}
