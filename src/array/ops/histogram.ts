import type { Op } from '../../engine/op.js';
import { blockOf } from './gather.js';

/** Counts the elements of a block between edges, or adds up their weights. */
export const histogram: Op = ({ key, inputs, out }) => {
  const values = blockOf(inputs[0], key).data;
  const edges = blockOf(inputs[1], key).data as Float32Array | Float64Array;
  if (edges.some((edge) => Number.isNaN(edge)))
    throw new RangeError(
      'histogram: elements that are not finite have no least and greatest; say where bins begin and end by range',
    );
  const weights = inputs.length > 2 ? (blockOf(inputs[2], key).data as Float64Array) : undefined;
  if (weights !== undefined && weights.length !== values.length)
    throw new RangeError(
      `histogram: ${weights.length} weights for ${values.length} elements: they come from different selections`,
    );
  const counts = new Float64Array(edges.length - 1);
  for (let i = 0; i < values.length; i++) {
    const bin = binOf(Number(values[i]), edges);
    if (bin >= 0) counts[bin] += weights === undefined ? 1 : weights[i];
  }
  const { data } = out[0];
  if (data instanceof BigInt64Array) for (let i = 0; i < counts.length; i++) data[i] = BigInt(counts[i]);
  else data.set(counts as never);
};

/** The last bin that begins at or below a value; -1 where it lies in none. */
function binOf(value: number, edges: Float32Array | Float64Array): number {
  let [low, high] = [0, edges.length - 1];
  if (!(value >= edges[0] && value <= edges[high])) return -1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (edges[middle] <= value) low = middle;
    else high = middle;
  }
  return low;
}
