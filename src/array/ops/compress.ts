import { type Op, Shrunk } from '../../engine/op.js';
import { product } from '../nodes/chunks.js';
import { blockOf } from './gather.js';

export interface CompressParams {
  readonly axis: number;
}

/** Keeps the slices of a block along an axis where a mask holds; the output is an upper bound, shrunk to what was kept. */
export const compress: Op<CompressParams> = ({ key, inputs, params: { axis }, out }) => {
  const source = blockOf(inputs[0], key);
  const mask = blockOf(inputs[1], key);
  const extent = source.shape[axis];
  if (mask.shape[0] !== extent)
    throw new RangeError(
      `${key}: a mask of ${mask.shape[0]} does not fit a block of ${extent} along axis ${axis}`,
    );
  const inner = product(source.shape.slice(axis + 1));
  const outer = product(source.shape.slice(0, axis));
  const [target] = out;
  let put = 0;
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < extent; i++) {
      if (mask.data[i] === 0) continue;
      const at = (o * extent + i) * inner;
      if (inner === 1) target.data[put] = source.data[at];
      else target.data.set(source.data.subarray(at, at + inner) as never, put);
      put += inner;
    }
  const kept =
    outer * inner > 0 ? put / (outer * inner) : (mask.data as Uint8Array).reduce((a, b) => a + b, 0);
  return new Shrunk([source.shape.map((n, a) => (a === axis ? kept : n))]);
};
