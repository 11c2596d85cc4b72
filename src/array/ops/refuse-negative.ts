import { type Op, Shrunk } from '../../engine/op.js';
import { blockOf } from './gather.js';

/** Copies whole numbers; throws where one is negative. */
export const refuseNegative: Op<{ message: string }> = ({ key, inputs, params, out }) => {
  const { data, shape } = blockOf(inputs[0], key);
  for (let i = 0; i < data.length; i++) if (data[i] < 0) throw new RangeError(params.message);
  out[0].data.set(data as never);
  return new Shrunk([shape]);
};
