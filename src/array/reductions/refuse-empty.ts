import type { DType } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { mapNode } from '../nodes/elementwise.js';
import { boundShape, makeNode, type TasksNode } from '../nodes/node.js';
import { moved } from '../nodes/work.js';
import type { ReduceOptions } from './options.js';
import { countOf, reduce, whole } from './tree.js';

/**
 * Results of a reduction that has none of no elements: refused at once where the reduced axes are known to hold none, else, where only blocks can
 * tell, when they are computed.
 */
export function refuseEmpty(
  label: string,
  x: TileArray<DType>,
  options: ReduceOptions,
  make: () => TileArray<DType>,
): TileArray<DType> {
  const known = countOf(x, options, label);
  if (known === 0)
    throw new RangeError(
      `${label} of nothing: the reduced axes of shape [${x.shape.join(', ')}] hold no elements`,
    );
  return known === undefined ? checked(label, make(), countNode(x, options)) : make();
}

/** How many elements are behind each result. */
function countNode(x: TileArray<DType>, options: ReduceOptions): TileArray<DType> {
  return reduce(x, options, {
    label: 'count',
    inputs: [whole(mapNode('ones', [x.operand], (e) => e.constant(1n, 'int64')))],
    folds: [{ kind: 'fold', fold: 'sum', node: 0, dtype: 'int64' }],
    finish: (_, [t]) => t,
  });
}

/** Results passed on where there are elements behind each. */
function checked(label: string, { node }: TileArray<DType>, counts: TileArray<DType>): TileArray<DType> {
  return new TileArray(
    makeNode<TasksNode>(label, 'of something', {
      kind: 'tasks',
      parts: node.parts,
      chunks: node.chunks,
      ...(node.bounds ? { bounds: node.bounds } : {}),
      inputs: [whole(node), whole(counts.node)],
      task: (coords, key, emit) => ({
        key,
        op: 'array/refuse-empty',
        inputs: [emit.keyOf(node, coords), emit.keyOf(counts.node, coords)],
        params: { label },
        ...moved([{ dtype: node.parts[0], shape: boundShape(node, coords) }]),
      }),
    }),
  );
}
