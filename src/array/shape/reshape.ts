/** The same elements in other shapes. */

import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { blockShape, type Chunks, cut, largest, product, sum } from '../nodes/chunks.js';
import { type ArrayNode, makeNode, type TasksNode } from '../nodes/node.js';
import { rechunkNode } from '../nodes/rechunk.js';
import { moved } from '../nodes/work.js';

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
    const wanted = product(old.map(largest));
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
