import { checkOptions } from '../../engine/known-options.js';
import { type DType, kindOf } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput } from '../input.js';
import { inOneBlock } from '../mapping/lanes.js';
import { isKnown, product } from '../nodes/chunks.js';
import { type ArrayNode, boundShape, boundsOf, makeNode, type TasksNode } from '../nodes/node.js';
import { workOf } from '../nodes/work.js';
import type { InterpCommon } from '../ops/interp.js';

/** What `interp` gives beyond the points. */
export interface InterpOptions {
  /** Before the first point (default: its value). */
  readonly left?: number;
  /** Behind the last point (default: its value). */
  readonly right?: number;
}

/**
 * For each element of `x` the value there of the line that goes straight from point to point. Points are at `xp`, which ascends, and have the values `fp`: two vectors, each of
 * which comes into one block. `x` has any shape.
 *
 * @throws RangeError where the points are no vectors of one length, or there are none; Error where they have several blocks of unknown sizes
 * @example
 * await interp([0, 1.5, 9], [1, 2, 4], [10, 20, 40]).compute(); // [10. 15. 40.]
 * await interp([0, 9], [1, 2], [10, 20], { left: -1 }).compute(); // [-1. 20.]
 */
export function interp(
  x: ArrayInput,
  xp: ArrayInput,
  fp: ArrayInput,
  options: InterpOptions = {},
): TileArray<'float64'> {
  checkOptions('interp', options, ['left', 'right']);
  const [at, values] = [xp, fp].map((each) => asarray(each).astype('float64') as TileArray<DType>);
  if (at.ndim !== 1 || values.ndim !== 1 || !Object.is(at.size, values.size) || at.size === 0)
    throw new RangeError(
      `interp: points are two vectors of one length, not arrays of shapes [${at.shape.join(', ')}] and [${values.shape.join(', ')}]`,
    );
  const [places, heights] = [at, values].map((each) =>
    each.chunks[0].length === 1 ? each : inOneBlock('interp', each, 0),
  );
  const array = asarray(x) as TileArray<DType>;
  const wide = (kindOf(array.dtype) === 'float' ? array : array.astype('float64')) as TileArray<DType>;
  const { left, right } = options;
  const common = { ...(left === undefined ? {} : { left }), ...(right === undefined ? {} : { right }) };
  return new TileArray(interpNode(wide.node, places.node, heights.node, common));
}

function interpNode(x: ArrayNode, places: ArrayNode, heights: ArrayNode, common: InterpCommon): ArrayNode {
  const { chunks } = x;
  const steps = 20 + 4 * Math.ceil(Math.log2(boundsOf(places)[0][0] + 2));
  return makeNode<TasksNode>('interp', common, {
    kind: 'tasks',
    parts: ['float64'],
    chunks,
    ...(isKnown(chunks) ? {} : { bounds: boundsOf(x) }),
    inputs: [x, places, heights].map((node) => ({ node, part: 0 })),
    task: (coords, key, emit) => {
      const shape = boundShape(x, coords);
      const out = [{ dtype: 'float64', shape }] as const;
      return {
        key,
        op: 'array/interp',
        inputs: [emit.keyOf(x, coords), emit.keyOf(places, [0]), emit.keyOf(heights, [0])],
        params: null,
        common,
        out,
        work: workOf(product(shape), steps, out),
      };
    },
  });
}
