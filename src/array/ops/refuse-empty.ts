import { type Op, Shrunk } from '../../engine/op.js';
import { blockOf } from './gather.js';

/** Copies results of a reduction; throws where no element is behind one. */
export const refuseEmpty: Op<{ label: string }> = ({ key, inputs, params, out }) => {
  const [results, counts] = inputs.map((input) => blockOf(input, key));
  if ((counts.data as BigInt64Array).some((n) => n === 0n))
    throw new RangeError(`${params.label} of nothing: what was selected holds no elements`);
  out[0].data.set(results.data as never);
  return new Shrunk([results.shape]);
};
