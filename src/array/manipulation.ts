import type { DType } from '../kernels/dtype.js';
import { type ArrayInput, asarray, type DTypeOf, TileArray } from './array.js';
import { normalizeAxes, normalizeAxis, requireList } from './axes.js';
import { blockShape, type Chunks, commonRefinement, cut, isKnown, product, sum } from './chunks.js';
import { type AliasNode, type ArrayNode, boundsOf, makeNode, type TasksNode } from './node.js';
import { type Promote, promoteAll } from './promote.js';
import { rechunkNode } from './rechunk.js';
import { type AxisSlice, sliceNode, transposeNode } from './view.js';
import { moved } from './work.js';

/**
 * Axes reversed, or in the order given (`axes[i]` is the axis that becomes axis `i`). A view: nothing is copied.
 *
 * @throws RangeError where `axes` is not an order of all axes
 * @example
 * await transpose(x).compute(); // [[0. 3.] [1. 4.] [2. 5.]]
 * transpose(zeros([2, 3, 4]), [1, 2, 0]).shape; // [3, 4, 2]
 */
export function transpose<A extends ArrayInput>(x: A, axes?: readonly number[]): TileArray<DTypeOf<A>> {
  const array = asarray(x);
  const order = axes ?? array.shape.map((_, i) => array.ndim - 1 - i);
  if (order.length !== array.ndim)
    throw new RangeError(
      `transpose: axes [${order.join(', ')}] do not match an array of ${array.ndim} dimensions`,
    );
  const checked = order.map((a) => normalizeAxis(a, array.ndim, 'transpose'));
  if (new Set(checked).size < checked.length)
    throw new RangeError(`transpose: axes [${order.join(', ')}] name an axis twice`);
  return new TileArray(transposeNode(array.node, checked));
}

/**
 * Two axes exchanged. A view.
 *
 * @throws RangeError where an axis is out of bounds
 * @example
 * swapaxes(zeros([2, 3, 4]), 0, 2).shape; // [4, 3, 2]
 */
export function swapaxes<A extends ArrayInput>(x: A, a: number, b: number): TileArray<DTypeOf<A>> {
  const array = asarray(x);
  const [i, j] = [normalizeAxis(a, array.ndim, 'swapaxes'), normalizeAxis(b, array.ndim, 'swapaxes')];
  return transpose(
    x,
    array.shape.map((_, k) => (k === i ? j : k === j ? i : k)),
  );
}

/**
 * An axis (or several) moved to another place, the others kept in order. A view.
 *
 * @throws RangeError where an axis is out of bounds, or there are not as many destinations as sources
 * @example
 * moveaxis(zeros([2, 3, 4]), 0, -1).shape; // [3, 4, 2]
 */
export function moveaxis<A extends ArrayInput>(
  x: A,
  source: number | readonly number[],
  destination: number | readonly number[],
): TileArray<DTypeOf<A>> {
  const { ndim } = asarray(x);
  const list = (v: number | readonly number[]) =>
    (typeof v === 'number' ? [v] : v).map((a) => normalizeAxis(a, ndim, 'moveaxis'));
  const [from, to] = [list(source), list(destination)];
  for (const axes of [from, to])
    if (new Set(axes).size < axes.length)
      throw new RangeError(`moveaxis: [${axes.join(', ')}] names an axis twice`);
  if (from.length !== to.length)
    throw new RangeError('moveaxis: source and destination must name equally many axes');
  const order = Array.from({ length: ndim }, (_, i) => i).filter((a) => !from.includes(a));
  for (const [dst, src] of to.map((d, i) => [d, from[i]] as const).sort((p, q) => p[0] - q[0]))
    order.splice(dst, 0, src);
  return transpose(x, order);
}

/**
 * New axes of extent 1, at these places of the result. A view.
 *
 * @throws RangeError where a place is out of bounds or named twice
 * @example
 * expandDims(x, 1).shape; // [2, 1, 3]
 */
export function expandDims<A extends ArrayInput>(
  x: A,
  axis: number | readonly number[],
): TileArray<DTypeOf<A>> {
  const array = asarray(x);
  const count = typeof axis === 'number' ? 1 : axis.length;
  const places = normalizeAxes(axis, array.ndim + count, 'expandDims');
  let own = 0;
  const slices = Array.from(
    { length: array.ndim + count },
    (_, a): AxisSlice =>
      places.includes(a) ? { kind: 'new' } : { kind: 'range', start: 0, count: array.shape[own++], step: 1 },
  );
  return new TileArray(sliceNode(array.node, slices));
}

/**
 * Elements in reverse order along all axes, or those named. A view.
 *
 * @throws RangeError where an axis is out of bounds or named twice
 * @example
 * await flip(x, 1).compute(); // [[2. 1. 0.] [5. 4. 3.]]
 */
export function flip<A extends ArrayInput>(
  x: A,
  axis?: number | readonly number[] | null,
): TileArray<DTypeOf<A>> {
  const array = asarray(x);
  const axes = normalizeAxes(axis, array.ndim, 'flip');
  const unknown = axes.find((a) => Number.isNaN(array.shape[a]));
  if (unknown !== undefined)
    throw new Error(
      `flip: axis ${unknown} has unknown chunk sizes and cannot be reversed; call computeChunkSizes() first`,
    );
  const slices = array.shape.map(
    (n, a): AxisSlice =>
      axes.includes(a) && n > 0
        ? { kind: 'range', start: n - 1, count: n, step: -1 }
        : { kind: 'range', start: 0, count: n, step: 1 },
  );
  return new TileArray(sliceNode(array.node, slices));
}

/** The dtype that arrays of several dtypes promote to; floats meet first (see `promoteAll`). */
export type PromoteAll<T extends readonly ArrayInput[]> = T extends readonly [
  infer A,
  ...infer Rest extends readonly ArrayInput[],
]
  ? PromoteFrom<HasFloat<T> extends true ? Promote<'float32', DTypeOf<A>> : DTypeOf<A>, Rest>
  : T extends readonly (infer A)[]
    ? Promote<DTypeOf<A>, DTypeOf<A>>
    : DType;

type PromoteFrom<D extends DType, T extends readonly ArrayInput[]> = T extends readonly [
  infer A,
  ...infer Rest extends readonly ArrayInput[],
]
  ? PromoteFrom<Promote<D, DTypeOf<A>>, Rest>
  : D;

type HasFloat<T extends readonly ArrayInput[]> = T extends readonly [
  infer A,
  ...infer Rest extends readonly ArrayInput[],
]
  ? [DTypeOf<A>] extends ['float32' | 'float64']
    ? true
    : HasFloat<Rest>
  : false;

function sameType(inputs: readonly ArrayInput[], label: string): TileArray<DType>[] {
  requireList(inputs, label);
  if (inputs.length === 0) throw new RangeError(`${label}: needs at least one array`);
  const arrays = inputs.map((x) => asarray(x));
  const dtype = promoteAll(arrays.map((a) => a.dtype));
  return arrays.map((a) => a.astype(dtype));
}

/**
 * Arrays joined along an existing axis, in their promoted dtype. Nothing is copied where chunks agree.
 *
 * @throws RangeError where there are no arrays, or they differ in another axis
 * @example
 * await concatenate([x, [[6, 7, 8]]]).compute(); // [[0. 1. 2.] [3. 4. 5.] [6. 7. 8.]]
 */
export function concatenate<const T extends readonly ArrayInput[]>(
  inputs: T,
  axis = 0,
): TileArray<PromoteAll<T>> {
  const arrays = sameType(inputs, 'concatenate');
  const [first] = arrays;
  const along = normalizeAxis(axis, first.ndim, 'concatenate');
  for (const a of arrays)
    if (a.ndim !== first.ndim || a.shape.some((n, k) => k !== along && !Object.is(n, first.shape[k])))
      throw new RangeError(
        `concatenate: shapes [${first.shape.join(', ')}] and [${a.shape.join(', ')}] differ beside axis ${along}`,
      );
  const full = arrays.filter((a) => a.shape[along] !== 0 || arrays.length === 1);
  const parts = full.length > 0 ? full : [first];
  const common = first.chunks.map((_, k) =>
    k === along ? [] : commonRefinement(parts.map((a) => a.chunks[k])),
  );
  const aligned = parts.map((a) =>
    rechunkNode(
      a.node,
      common.map((c, k) => (k === along ? a.chunks[k] : c)),
    ),
  );
  return new TileArray(aligned.length === 1 ? aligned[0] : concatNode(aligned, along));
}

function concatNode(inputs: readonly ArrayNode[], axis: number): ArrayNode {
  const join = (of: (n: ArrayNode) => Chunks) =>
    of(inputs[0]).map((sizes, a) => (a === axis ? inputs.flatMap((n) => of(n)[a]) : sizes));
  const chunks = join((n) => n.chunks);
  const owner = inputs.flatMap((node) => node.chunks[axis].map((_, block) => ({ node, block })));
  return makeNode<AliasNode>('concatenate', axis, {
    kind: 'alias',
    parts: inputs[0].parts.slice(0, 1),
    chunks,
    ...(isKnown(chunks) ? {} : { bounds: join(boundsOf) }),
    inputs: inputs.map((node) => ({ node, part: 0 })),
    source: (coords) => {
      const { node, block } = owner[coords[axis]];
      return { operand: { node, part: 0 }, coords: coords.map((c, a) => (a === axis ? block : c)) };
    },
  });
}

/**
 * Arrays of one shape joined along a new axis, in their promoted dtype.
 *
 * @throws RangeError where there are no arrays, or their shapes differ
 * @example
 * await stack([[1, 2], [3, 4]], 1).compute(); // [[1. 3.] [2. 4.]]
 */
export function stack<const T extends readonly ArrayInput[]>(inputs: T, axis = 0): TileArray<PromoteAll<T>> {
  const arrays = sameType(inputs, 'stack');
  const [first] = arrays;
  for (const a of arrays)
    if (a.ndim !== first.ndim || a.shape.some((n, k) => !Object.is(n, first.shape[k])))
      throw new RangeError(`stack: shapes [${first.shape.join(', ')}] and [${a.shape.join(', ')}] differ`);
  const along = normalizeAxis(axis, first.ndim + 1, 'stack');
  return concatenate(
    arrays.map((a) => expandDims(a, along)),
    along,
  ) as TileArray<PromoteAll<T>>;
}

/**
 * The array in one dimension, in C order.
 *
 * @throws as `reshape`
 * @example
 * await ravel(x).compute(); // [0. 1. 2. 3. 4. 5.]
 */
export const ravel = <A extends ArrayInput>(x: A): TileArray<DTypeOf<A>> => reshape(x, [-1]);

/**
 * The same elements, in C order, in another shape; one extent may be -1, to be worked out. Chunks are merged where elements that
 * lie in several must come into one block.
 *
 * @throws RangeError where the shape has another number of elements; Error where chunk sizes are unknown
 * @example
 * await reshape(x, [3, -1]).compute(); // [[0. 1.] [2. 3.] [4. 5.]]
 */
export function reshape<A extends ArrayInput>(
  x: A,
  shape: number | readonly number[],
): TileArray<DTypeOf<A>> {
  const array = asarray(x);
  const asked = typeof shape === 'number' ? [shape] : [...shape];
  if (asked.filter((n) => n === -1).length > 1) throw new RangeError('reshape: only one extent can be -1');
  if (!array.isKnown) {
    if (array.ndim === 1 && asked.length === 1 && asked[0] === -1) return array as TileArray<DTypeOf<A>>;
    throw new Error('reshape: the array has unknown chunk sizes; call computeChunkSizes() first');
  }
  const known = product(asked.filter((n) => n !== -1));
  const target = asked.map((n) => (n === -1 ? array.size / known : n));
  if (product(target) !== array.size || target.some((n) => !Number.isSafeInteger(n) || n < 0))
    throw new RangeError(
      `reshape: cannot bring ${array.size} elements of shape [${array.shape.join(', ')}] into shape [${asked.join(', ')}]`,
    );
  return new TileArray(reshapeNode(array.node, target));
}

function reshapeNode(input: ArrayNode, shape: readonly number[]): ArrayNode {
  if (input.shape.length === shape.length && input.shape.every((n, a) => n === shape[a])) return input;
  const plan = planReshape(input.chunks, shape);
  const source = rechunkNode(input, plan.from);
  const inGrid = plan.from.map((c) => c.length);
  const dtype = input.parts[0];
  return makeNode<TasksNode>('reshape', shape, {
    kind: 'tasks',
    parts: [dtype],
    chunks: plan.to,
    inputs: [{ node: source, part: 0 }],
    task: (coords, key, emit) => {
      // Blocks correspond one to one, in C order of their grids.
      let flat = coords.reduce((at, c, axis) => at * plan.to[axis].length + c, 0);
      const at = new Array<number>(inGrid.length);
      for (let axis = inGrid.length - 1; axis >= 0; axis--) {
        at[axis] = flat % inGrid[axis];
        flat = Math.floor(flat / inGrid[axis]);
      }
      const inputs = [emit.keyOf(source, at)];
      return {
        key,
        op: 'array/reshape',
        inputs,
        params: null,
        ...moved([{ dtype, shape: blockShape(plan.to, coords) }]),
      };
    },
  });
}

/**
 * Chunks before and after a reshape between which every block keeps its elements in their order. The axes fall into groups of
 * equal products; in each, only the first axis is cut, at multiples that fit both sides.
 */
function planReshape(chunks: Chunks, shape: readonly number[]): { from: Chunks; to: Chunks } {
  const from: (readonly number[])[] = [];
  const to: (readonly number[])[] = [];
  const own = chunks.map(sum);
  if (product(own) === 0) return { from: own.map((n) => [n]), to: shape.map((n) => [n]) };
  let [i, j] = [0, 0];
  while (i < own.length || j < shape.length) {
    const [i0, j0] = [i, j];
    let [a, b] = [own[i++] ?? 1, shape[j++] ?? 1];
    while (a !== b) {
      if (a < b) a *= own[i++];
      else b *= shape[j++];
    }
    const left = own.slice(i0, i);
    const right = shape.slice(j0, j);
    if (left.length === 1 && right.length === 1) {
      from.push(chunks[i0]);
      to.push(chunks[i0]);
    } else group(chunks.slice(i0, i), left, right);
  }
  return { from, to };

  function group(old: Chunks, left: readonly number[], right: readonly number[]): void {
    // Extents of 1 in front carry nothing to cut.
    const lead = (s: readonly number[]) =>
      Math.min(
        Math.max(
          0,
          s.findIndex((n) => n > 1),
        ),
        Math.max(0, s.length - 1),
      );
    const [li, ri] = [lead(left), lead(right)];
    const [tailL, tailR] = [product(left.slice(li + 1)), product(right.slice(ri + 1))];
    const unit = lcm(tailL, tailR);
    const total = product(left);
    const wanted = product(old.map((c) => Math.max(...c)));
    const size = Math.max(unit, Math.floor(wanted / unit) * unit);
    const pieces = total % unit === 0 ? cut(total, size) : [total];
    left.forEach((n, k) => {
      from.push(k === li ? pieces.map((p) => p / tailL) : [n]);
    });
    right.forEach((n, k) => {
      to.push(k === ri ? pieces.map((p) => p / tailR) : [n]);
    });
  }
}

function lcm(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y) [x, y] = [y, x % y];
  return (a / x) * b;
}
