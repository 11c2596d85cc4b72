import type { DType } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput } from '../input.js';
import { normalizeAxis, requireKnown } from '../nodes/axes.js';
import { blockShape, type Chunks, commonRefinement, product } from '../nodes/chunks.js';
import { type ArrayNode, makeNode, type TasksNode } from '../nodes/node.js';
import { promoteTypes } from '../nodes/promote.js';
import { rechunkNode } from '../nodes/rechunk.js';
import { broadcastNode } from '../nodes/view.js';
import type { MatmulParams } from '../ops/matmul.js';
import { sum } from '../reductions/index.js';
import { transpose } from '../shape/rearranging.js';
import { multiply, type PromoteInputs } from '../ufuncs/index.js';
import { matmulScratchFor } from './matmul-scratch.js';

/** So many products are added up in one task; longer sums become several tasks whose results are added. */
const PRODUCTS_PER_TASK = 8;

/**
 * The product of two arrays over some of their axes, as matrices block by block. `axes` is a number n (the last n of
 * `a` with the first n of `b`) or the two lists of axes. The result has the axes left of `a`, then those of `b`, in their
 * promoted dtype.
 *
 * @throws RangeError where axes are out of bounds, or their extents differ
 * @example
 * await tensordot(x, x, [[0, 1], [0, 1]]).compute(); // 55
 * await tensordot(x, x, [[0], [0]]).compute(); // [[9. 12. 15.] [12. 17. 22.] [15. 22. 29.]]
 */
export function tensordot<A extends ArrayInput, B extends ArrayInput>(
  a: A,
  b: B,
  axes: number | readonly [number | readonly number[], number | readonly number[]] = 2,
): TileArray<PromoteInputs<A, B>> {
  const [x, y] = [asarray(a), asarray(b)];
  requireKnown('tensordot', x, y);
  const list = (v: number | readonly number[], ndim: number) =>
    (typeof v === 'number' ? [v] : v).map((axis) => normalizeAxis(axis, ndim, 'tensordot'));
  if (typeof axes === 'number' && (axes > x.ndim || axes > y.ndim || axes < 0))
    throw new RangeError(
      `tensordot: ${axes} axes are more than arrays of ${x.ndim} and ${y.ndim} dimensions have`,
    );
  const left =
    typeof axes === 'number'
      ? Array.from({ length: axes }, (_, i) => x.ndim - axes + i)
      : list(axes[0], x.ndim);
  const right = typeof axes === 'number' ? Array.from({ length: axes }, (_, i) => i) : list(axes[1], y.ndim);
  if (left.length !== right.length)
    throw new RangeError(
      `tensordot: ${left.length} axes of the first array against ${right.length} of the second`,
    );
  left.forEach((axis, i) => {
    if (x.shape[axis] !== y.shape[right[i]])
      throw new RangeError(
        `tensordot: axis ${axis} of shape [${x.shape.join(', ')}] and axis ${right[i]} of shape [${y.shape.join(', ')}] have different extents`,
      );
  });
  const free = (array: TileArray<DType>, used: readonly number[]) =>
    array.shape.map((_, axis) => axis).filter((axis) => !used.includes(axis));
  const first = transpose(x, [...free(x, left), ...left]);
  const second = transpose(y, [...right, ...free(y, right)]);
  return contract(first, second, left.length) as TileArray<PromoteInputs<A, B>>;
}

/** Sums products over the last `count` axes of x and the first `count` of y. */
function contract(x: TileArray<DType>, y: TileArray<DType>, count: number): TileArray<DType> {
  const dtype = promoteTypes(x.dtype, y.dtype);
  const [a, b] = [x.astype(dtype), y.astype(dtype)];
  if (count === 0) {
    const outer = multiply(a.reshape([...a.shape, ...b.shape.map(() => 1)]), b);
    return outer as TileArray<DType>;
  }
  const keepA = a.ndim - count;
  const inner = Array.from({ length: count }, (_, i) => commonRefinement([a.chunks[keepA + i], b.chunks[i]]));
  const left = rechunkNode(a.node, [...a.chunks.slice(0, keepA), ...inner]);
  const right = rechunkNode(b.node, [...inner, ...b.chunks.slice(count)]);
  return productNode(left, right, [], keepA, inner, dtype);
}

/**
 * Blocked matrix product: block (i…, j…) of the result is the sum over k… of block (i…, k…) times (k…, j…), each taken as a
 * matrix. Where k has many blocks, partial sums are separate tasks along an extra axis, added up as a tree.
 */
function productNode(
  left: ArrayNode,
  right: ArrayNode,
  batch: Chunks,
  keep: number,
  inner: Chunks,
  dtype: DType,
): TileArray<DType> {
  const flat = batch.length === 0 && keep === 1 && inner.length === 1 && right.shape.length === 2;
  const [a, b] = [plainMatrix(left, flat), plainMatrix(right, flat)];
  const free = right.chunks.slice(batch.length + inner.length);
  const rows = left.chunks.slice(batch.length, batch.length + keep);
  const grid = inner.map((c) => c.length);
  const total = product(grid);
  const parts = Math.ceil(total / PRODUCTS_PER_TASK);
  const chunks = [...batch, ...rows, ...free];
  const kAt = (flat: number): number[] => {
    const at = new Array<number>(grid.length);
    let rest = flat;
    for (let axis = grid.length - 1; axis >= 0; axis--) {
      at[axis] = rest % grid[axis];
      rest = Math.floor(rest / grid[axis]);
    }
    return at;
  };
  const node = makeNode<TasksNode>('matmul', [batch.length, keep, inner], {
    kind: 'tasks',
    parts: [dtype],
    chunks: [new Array<number>(parts).fill(1), ...chunks],
    inputs: [
      { node: a.node, part: 0 },
      { node: b.node, part: 0 },
    ],
    task: ([part, ...coords], key, emit) => {
      const at = coords.slice(0, batch.length);
      const i = coords.slice(batch.length, batch.length + keep);
      const j = coords.slice(batch.length + keep);
      const members = Array.from(
        { length: Math.min(PRODUCTS_PER_TASK, total - part * PRODUCTS_PER_TASK) },
        (_, k) => kAt(part * PRODUCTS_PER_TASK + k),
      );
      const leftKeys = members.map((k) => emit.keyOf(a.node, a.at([...at, ...i, ...k])));
      const rightKeys = members.map((k) => emit.keyOf(b.node, b.at([...at, ...k, ...j])));
      const shape = blockShape(chunks, coords);
      const params: MatmulParams = {
        batch: product(at.map((c, axis) => batch[axis][c])),
        m: product(i.map((c, axis) => rows[axis][c])),
        n: product(j.map((c, axis) => free[axis][c])),
        ks: members.map((k) => product(k.map((c, axis) => inner[axis][c]))),
        transA: a.transposed,
        transB: b.transposed,
      };
      return {
        key,
        op: 'array/matmul',
        inputs: [...leftKeys, ...rightKeys],
        params,
        out: [{ dtype, shape: [1, ...shape] }],
        scratch: matmulScratchFor(dtype, params),
      };
    },
  });
  const product_ = new TileArray<DType>(node);
  return parts === 1 ? product_.squeeze(0) : (sum(product_, { axis: 0, dtype }) as TileArray<DType>);
}

interface Matrix {
  readonly node: ArrayNode;
  readonly transposed: boolean;
  readonly at: (coords: readonly number[]) => readonly number[];
}

/** A transposed matrix is multiplied as it lies, instead of being copied first. */
function plainMatrix(node: ArrayNode, flat: boolean): Matrix {
  if (flat && node.kind === 'view' && node.shape.length === 2) {
    const [p, q] = node.map;
    const input = node.inputs[0];
    const whole = node.map.length === 2 && p.axis === 1 && q.axis === 0 && input.part === 0;
    const plain = (m: typeof p) =>
      m.step === 1 && m.start.every((s) => s === 0) && m.block.every((b, i) => b === i);
    if (
      whole &&
      plain(p) &&
      plain(q) &&
      input.node.shape[0] === node.shape[1] &&
      input.node.shape[1] === node.shape[0]
    )
      return { node: input.node, transposed: true, at: ([i, j]) => [j, i] };
  }
  return { node, transposed: false, at: (coords) => coords };
}

/**
 * Matrix product, as NumPy's `@`: the last two axes are matrices, those before broadcast; one-dimensional arrays are a
 * row on the left and a column on the right, and that axis goes away again.
 *
 * @throws RangeError where columns of the left and rows of the right differ, or an operand has no axes
 * @example
 * await matmul(x, x.T).compute(); // [[5. 14.] [14. 50.]]
 * await matmul(x, [1, 0, 0]).compute(); // [0. 3.]
 */
export function matmul<A extends ArrayInput, B extends ArrayInput>(
  a: A,
  b: B,
): TileArray<PromoteInputs<A, B>> {
  const [x, y] = [asarray(a), asarray(b)];
  if (x.ndim === 0 || y.ndim === 0)
    throw new RangeError('matmul: scalars have no matrix product; use multiply');
  const [left, right] = [
    x.ndim === 1 ? x.slice('newaxis', ':') : x,
    y.ndim === 1 ? y.slice(':', 'newaxis') : y,
  ];
  requireKnown('matmul', x, y);
  const [k, l] = [left.shape[left.ndim - 1], right.shape[right.ndim - 2]];
  if (k !== l)
    throw new RangeError(
      `matmul: shapes [${x.shape.join(', ')}] and [${y.shape.join(', ')}] do not fit: ${k} columns against ${l} rows`,
    );
  const out = left.ndim === 2 && right.ndim === 2 ? contract(left, right, 1) : batched(left, right);
  const drop = [...(x.ndim === 1 ? [out.ndim - 2] : []), ...(y.ndim === 1 ? [out.ndim - 1] : [])];
  return (drop.length > 0 ? out.squeeze(drop) : out) as TileArray<PromoteInputs<A, B>>;
}

function batched(x: TileArray<DType>, y: TileArray<DType>): TileArray<DType> {
  const dtype = promoteTypes(x.dtype, y.dtype);
  const rank = Math.max(x.ndim, y.ndim);
  const widen = (v: TileArray<DType>) => v.reshape([...new Array<number>(rank - v.ndim).fill(1), ...v.shape]);
  const [a, b] = [widen(x).astype(dtype), widen(y).astype(dtype)];
  const shape = a.shape.slice(0, -2).map((n, axis) => {
    const m = b.shape[axis];
    if (n !== m && n !== 1 && m !== 1)
      throw new RangeError(
        `matmul: shapes [${x.shape.join(', ')}] and [${y.shape.join(', ')}] do not broadcast`,
      );
    return n === 1 ? m : n;
  });
  const batch = shape.map((n, axis) =>
    commonRefinement([a, b].flatMap((v) => (v.shape[axis] === n ? [v.chunks[axis]] : []))),
  );
  const inner = commonRefinement([a.chunks[rank - 1], b.chunks[rank - 2]]);
  const spread = (v: TileArray<DType>, last: Chunks) =>
    rechunkNode(stretch(v, shape, batch).node, [...batch, ...last]);
  const left = spread(a, [a.chunks[rank - 2], inner]);
  const right = spread(b, [inner, b.chunks[rank - 1]]);
  return productNode(left, right, batch, 1, [inner], dtype);
}

function stretch(v: TileArray<DType>, shape: readonly number[], batch: Chunks): TileArray<DType> {
  if (shape.every((n, axis) => n === v.shape[axis])) return v;
  const chunks = [...batch, ...v.chunks.slice(shape.length)];
  return new TileArray(
    broadcastNode(
      v.node,
      chunks.map((c, a) => (v.shape[a] === 1 && a < shape.length ? c : v.chunks[a])),
    ),
  );
}

/**
 * NumPy's dot: inner product of vectors, matrix product of matrices, a sum over the last axis of `a` and the second-last of `b`.
 *
 * @throws RangeError where those axes have different extents
 * @example
 * await dot([1, 2, 3], [4, 5, 6]).compute(); // 32
 */
export function dot<A extends ArrayInput, B extends ArrayInput>(a: A, b: B): TileArray<PromoteInputs<A, B>> {
  const [x, y] = [asarray(a), asarray(b)];
  if (x.ndim === 0 || y.ndim === 0) return multiply(x, y) as TileArray<PromoteInputs<A, B>>;
  requireKnown('dot', x, y);
  const last = y.ndim === 1 ? 0 : y.ndim - 2;
  if (x.shape[x.ndim - 1] !== y.shape[last])
    throw new RangeError(
      `dot: shapes [${x.shape.join(', ')}] and [${y.shape.join(', ')}] do not fit: ${x.shape[x.ndim - 1]} against ${y.shape[last]} (axis ${last})`,
    );
  return tensordot(x, y, [x.ndim - 1, last]) as TileArray<PromoteInputs<A, B>>;
}
