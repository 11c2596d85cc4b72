import { checkOptions } from '../../engine/known-options.js';
import { type FunctionOptions, type ModuleFunction, specOf } from '../../graph/given-function.js';
import type { DType, TypedArrayOf } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { normalizeAxis } from '../nodes/axes.js';
import { blockShape, checkShape, product } from '../nodes/chunks.js';
import { makeNode, type TasksNode } from '../nodes/node.js';
import type { AlongAxisParams } from '../ops/along-axis.js';
import { expandDims } from '../shape/rearranging.js';
import { inOneBlock } from './lanes.js';
import { resultType } from './result-type.js';

/** How `applyAlongAxis` calls a function, and what that returns. */
export interface AlongAxisOptions<D extends DType = DType> extends FunctionOptions {
  /** dtype of the result; default: that of the array. */
  readonly dtype?: D;
  /** Shape of what the function gives for a lane, whose axes come in place of the axis; default: one element, and the axis goes. */
  readonly shape?: number | readonly number[];
}

/**
 * Applies a function to each lane of an array along an axis: the elements that differ in their place along it only, as a typed array, which
 * the function may change but not keep. It gives an element, or as many as `shape` says. It runs in the threads, and is sent as source text: see `mapBlocks`.
 * All of the axis comes into one block.
 *
 * @throws UnshippableFunctionError naming what the function uses and nothing provides; RangeError where the axis is out of bounds;
 *   Error where chunk sizes are unknown. When computed, TaskError where the function gives another number of elements
 * @example
 * await applyAlongAxis((lane) => lane[0] + 10 * lane[lane.length - 1], 1, x).compute(); // [20. 53.]
 * await applyAlongAxis((lane) => lane.map((v) => v - lane[0]), 0, x, { shape: 2 }).compute(); // [[0. 0. 0.] [3. 3. 3.]]
 */
export function applyAlongAxis<A extends ArrayInput, D extends DType = DTypeOf<A>>(
  fn: ((lane: TypedArrayOf[DTypeOf<A>]) => unknown) | ModuleFunction,
  axis: number,
  x: A,
  options: AlongAxisOptions<D> = {},
): TileArray<D> {
  checkOptions('applyAlongAxis', options, ['dtype', 'shape', 'captured']);
  const array = asarray(x) as TileArray<DType>;
  const along = normalizeAxis(axis, array.ndim, 'applyAlongAxis');
  const dtype = resultType('applyAlongAxis', options, array.dtype);
  const shape = checkShape(options.shape ?? []);
  const common = { fn: specOf(fn, options), length: product(shape) };
  const { node } = inOneBlock('applyAlongAxis', array, along);
  const chunks = node.chunks.flatMap((sizes, a) => (a === along ? shape.map((n) => [n]) : [sizes]));
  const made = makeNode<TasksNode>('along-axis', [common, along], {
    kind: 'tasks',
    parts: [dtype],
    chunks,
    inputs: [{ node, part: 0 }],
    task: (coords, key, emit) => {
      const read = [...coords.slice(0, along), 0, ...coords.slice(along + shape.length)];
      return {
        key,
        op: 'array/along-axis',
        inputs: [emit.keyOf(node, read)],
        params: { axis: along } satisfies AlongAxisParams,
        common,
        out: [{ dtype, shape: blockShape(chunks, coords) }],
      };
    },
  });
  return new TileArray<D>(made);
}

/**
 * Applies a function of an array and an axis, such as `sum`, over one axis after another; an axis that it drops comes back with extent 1.
 *
 * @throws RangeError where an axis is out of bounds, or the function gives an array of other axes
 * @example
 * await applyOverAxes(sum, x, [0, 1]).compute(); // [[15.]]
 */
export function applyOverAxes<A extends ArrayInput, D extends DType = DTypeOf<A>>(
  fn: (x: TileArray<DType>, axis: number) => TileArray<D>,
  x: A,
  axes: number | readonly number[],
): TileArray<D> {
  const array = asarray(x) as TileArray<DType>;
  return (typeof axes === 'number' ? [axes] : axes).reduce((each, axis) => {
    const along = normalizeAxis(axis, array.ndim, 'applyOverAxes');
    const made = fn(each, along);
    if (made.ndim === array.ndim) return made as TileArray<DType>;
    if (made.ndim === array.ndim - 1) return expandDims(made, along) as TileArray<DType>;
    throw new RangeError(
      `applyOverAxes: the function gives an array of ${made.ndim} axes of one of ${array.ndim}, which must be as many or one less`,
    );
  }, array) as TileArray<D>;
}
