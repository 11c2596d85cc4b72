/** Arrays stretched over each other. */
import type { DType } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { requireKnown, requireList } from '../nodes/axes.js';
import { type ChunkSpec, checkShape, normalizeChunks } from '../nodes/chunks.js';
import { broadcastShapes } from '../nodes/elementwise.js';
import { broadcastNode } from '../nodes/view.js';

/**
 * An array stretched to a shape, as broadcasting would: axes of extent 1 repeat, new axes come in front. Nothing is copied.
 *
 * @param chunks of the axes that repeat; the others keep theirs
 * @throws RangeError where the array does not stretch to the shape
 * @example
 * await broadcastTo([1, 2], [3, 2]).compute(); // [[1. 2.] [1. 2.] [1. 2.]]
 */
export function broadcastTo<A extends ArrayInput>(
  x: A,
  shape: readonly number[],
  chunks: ChunkSpec = 'auto',
): TileArray<DTypeOf<A>> {
  const array = asarray(x);
  const target = checkShape(shape);
  const lead = target.length - array.ndim;
  requireKnown('broadcastTo', array);
  const fits = lead >= 0 && array.shape.every((n, a) => n === 1 || n === target[a + lead]);
  if (!fits)
    throw new RangeError(
      `broadcastTo: shape [${array.shape.join(', ')}] does not stretch to [${target.join(', ')}]`,
    );
  const asked = normalizeChunks(chunks, target, array.dtype);
  const sizes = target.map((n, a) => {
    const own = a - lead;
    return own >= 0 && !(array.shape[own] === 1 && n !== 1) ? array.chunks[own] : asked[a];
  });
  return new TileArray(broadcastNode(array.node, sizes)) as TileArray<DTypeOf<A>>;
}

/** The array of each of several inputs. */
type Arrays<T extends readonly ArrayInput[]> = { -readonly [K in keyof T]: TileArray<DTypeOf<T[K]>> };

/**
 * Arrays stretched to the one shape that they broadcast to, each of its own dtype. Nothing is copied.
 *
 * @throws RangeError where shapes do not broadcast; Error where chunk sizes are unknown
 * @example
 * const [a, b] = broadcastArrays([[1, 2, 3], [[10], [20]]]);
 * await a.compute(); // [[1. 2. 3.] [1. 2. 3.]]
 * await b.compute(); // [[10. 10. 10.] [20. 20. 20.]]
 */
export function broadcastArrays<const T extends readonly ArrayInput[]>(inputs: T): Arrays<T> {
  requireList(inputs, 'broadcastArrays');
  const arrays = inputs.map((x) => asarray(x) as TileArray<DType>);
  requireKnown('broadcastArrays', ...arrays);
  const shape = broadcastShapes(
    arrays.map((a) => a.shape),
    'broadcastArrays',
  );
  // Along an axis that others repeat, they are cut as the first that has it is.
  const chunks = shape.map((n, axis) => {
    const own = ({ ndim }: TileArray<DType>) => axis - shape.length + ndim;
    const first = arrays.find((a) => a.shape[own(a)] === n);
    return first ? first.chunks[own(first)] : [n];
  });
  return arrays.map((a) => broadcastTo(a, shape, chunks)) as Arrays<T>;
}
