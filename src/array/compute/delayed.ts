import { Delayed } from '../../delayed/delayed.js';
import { checkOptions } from '../../engine/known-options.js';
import { cull } from '../../graph/cull.js';
import type { Task } from '../../graph/task.js';
import { type DType, isDType } from '../../kernels/dtype.js';
import { isLazy, LAZY, type Lazy, type LazyInput, tasksOf } from '../../lazy/index.js';
import { TileArray } from '../array.js';
import { checkShape } from '../nodes/chunks.js';
import { makeNode, type TasksNode } from '../nodes/node.js';
import type { InputBlock } from '../ops/map-blocks.js';
import { graphOf } from './compute.js';

/** What a value of which an array is made will be. */
export interface FromDelayedOptions<D extends DType = DType> {
  /** Its shape. */
  readonly shape: number | readonly number[];
  /** Its element type (default: float64). Lists are converted to it, typed arrays must be of it. */
  readonly dtype?: D;
}

/**
 * An array of one block, whose elements are what a delayed value or a future will be: a number, nested lists, a typed array (in C order), or
 * `{ dtype, shape, data }`. `stack` and `concatenate` make larger arrays of such.
 *
 * @throws TypeError where the value is not lazy, or there is no shape; where the value turns out to be of another shape or dtype, the computation fails
 * @example
 * const load = delayed((day: number) => Float64Array.of(day, day + 0.5));
 * const days = stack([1, 2, 3].map((day) => fromDelayed(load(day), { shape: 2 })));
 * await days.mean(0).compute(); // [2. 2.5]
 */
export function fromDelayed<D extends DType = 'float64'>(
  value: Lazy,
  options: FromDelayedOptions<D>,
): TileArray<D> {
  checkOptions('fromDelayed', options, ['shape', 'dtype']);
  const { shape: given, dtype = 'float64' as D } = options;
  if (!isLazy(value))
    throw new TypeError(
      'fromDelayed: a delayed value or a future is needed; of a value that is there, asarray makes an array',
    );
  if (!isDType(dtype)) throw new TypeError(`fromDelayed: ${String(dtype)} is not a dtype`);
  if (given === undefined) throw new TypeError('fromDelayed: the shape of the value is needed');
  const shape = checkShape(given);
  const input = value[LAZY].input();
  const node = makeNode<TasksNode>('from-delayed', [input.key, shape], {
    kind: 'tasks',
    parts: [dtype],
    chunks: shape.map((n) => [n]),
    inputs: [],
    engine: input.engine,
    task: (_coords, key, emit) => {
      for (const task of tasksOf([input]).values()) emit.add(task);
      return {
        key,
        op: 'array/from-value',
        inputs: [input.key],
        params: null,
        common: null,
        out: [{ dtype, shape }],
      };
    },
  });
  return new TileArray<D>(node);
}

/** The blocks of an array, each a delayed value. */
export function toDelayed<D extends DType>(array: TileArray<D>): Delayed<InputBlock<D>>[] {
  const { graph, keys } = graphOf([array as TileArray<DType>]);
  return keys.map((key) => {
    const tasks = (): Iterable<Task> => (graph.has(key) ? cull(graph, [key]).values() : []);
    const node: LazyInput = Object.freeze({ key, engine: array.node.engine, inputs: [], tasks });
    // Blocks that an engine holds are held as long as the array is.
    arrays.set(node, array);
    return new Delayed<InputBlock<D>>(node);
  });
}

const arrays = new WeakMap<LazyInput, TileArray>();
