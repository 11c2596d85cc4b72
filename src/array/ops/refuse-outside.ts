import { type Op, Shrunk } from '../../engine/op.js';
import { blockOf } from './gather.js';

export interface RefuseOutsideParams {
  /** What is wrong; `{}` stands for the number that is outside. */
  readonly message: string;
  readonly from: number;
  /** Default: no end. */
  readonly below?: number;
}

/** Copies numbers; throws where one is outside of a range. */
export const refuseOutside: Op<RefuseOutsideParams> = ({ key, inputs, params, out }) => {
  const { message, from, below = Number.POSITIVE_INFINITY } = params;
  const { data, shape } = blockOf(inputs[0], key);
  for (let i = 0; i < data.length; i++)
    if (!(data[i] >= from && data[i] < below)) throw new RangeError(message.replace('{}', String(data[i])));
  out[0].data.set(data as never);
  return new Shrunk([shape]);
};
