import { type Op, Shrunk } from '../../engine/op.js';
import { blockOf } from './gather.js';

/** Copies indices; throws where one is negative. */
export const checkIndex: Op<{ label: string }> = ({ key, inputs, params, out }) => {
  const found = blockOf(inputs[0], key);
  const indices = found.data as BigInt64Array;
  if (indices.some((i) => i < 0n)) throw new RangeError(`${params.label}: a slice holds nothing but NaN`);
  (out[0].data as BigInt64Array).set(indices);
  return new Shrunk([found.shape]);
};
