import type { DType } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { requireKnown } from '../nodes/axes.js';
import { blockShape, largest, sum } from '../nodes/chunks.js';
import { makeNode, type TasksNode } from '../nodes/node.js';
import { rechunkNode } from '../nodes/rechunk.js';
import { workOf } from '../nodes/work.js';
import type { LanesParams, LaneWork } from '../ops/lanes.js';

/** Steps for each element of a lane; sorting takes more the longer it is. */
const steps = ({ kind }: LaneWork, extent: number): number =>
  kind === 'cumsum' || kind === 'cumprod' ? 10 : 10 * Math.ceil(Math.log2(extent + 2));

/** An array of which each lane along `axis`, block by block, is made of the one of `x`; `extents` are their lengths by block (default: those of x). */
export function overLanes(
  label: string,
  x: TileArray<DType>,
  axis: number,
  work: LaneWork,
  dtype: DType,
  extents: readonly number[] = x.chunks[axis],
): TileArray<DType> {
  const chunks = x.chunks.map((sizes, a) => (a === axis ? extents : sizes));
  const { node } = x;
  return new TileArray(
    makeNode<TasksNode>(label, [work, axis], {
      kind: 'tasks',
      parts: [dtype],
      chunks,
      inputs: [{ node, part: 0 }],
      task: (coords, key, emit) => {
        const out = [{ dtype, shape: blockShape(chunks, coords) }];
        const read = blockShape(node.chunks, coords);
        return {
          key,
          op: 'array/lanes',
          inputs: [emit.keyOf(node, coords)],
          params: { axis } satisfies LanesParams,
          common: work,
          out,
          work: workOf(
            read.reduce((a, b) => a * b, 1),
            steps(work, read[axis]),
            out,
          ),
        };
      },
    }),
  );
}

/** The array with all of an axis in one block. Blocks that were cut along it only are cut across the others instead, so that none gets larger. */
export function inOneBlock(label: string, x: TileArray<DType>, axis: number): TileArray<DType> {
  requireKnown(label, x);
  if (x.chunks[axis].length === 1) return x;
  let room = x.chunks.reduce((n, sizes) => n * largest(sizes), 1) / sum(x.chunks[axis]);
  const chunks = x.chunks.map((sizes, a): readonly number[] => {
    if (a === axis) return [sum(sizes)];
    const size = Math.max(1, Math.min(largest(sizes), Math.floor(room)));
    room /= size;
    return pieces(sizes, size);
  });
  return new TileArray(rechunkNode(x.node, chunks));
}

/** Sizes, of which those that are larger than `size` are cut. */
const pieces = (sizes: readonly number[], size: number): number[] =>
  sizes.flatMap((n) => {
    if (n <= size) return [n];
    const parts = new Array<number>(Math.floor(n / size)).fill(size);
    return n % size ? [...parts, n % size] : parts;
  });
