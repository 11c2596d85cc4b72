import type { Op } from '../../engine/op.js';
import { kindOf } from '../../kernels/dtype.js';
import { correlate as sums } from '../../kernels/lanes/correlate.js';
import { blockOf } from './gather.js';

export interface CorrelateParams {
  /** Where the first element of what is summed up for the first element lies in the input; before it where that is negative. */
  readonly shift: number;
}

/** Sums of products of a vector with what lies beside each element of another. */
export const correlate: Op<CorrelateParams> = ({ key, inputs, params: { shift }, out }) => {
  const [x, v] = inputs.map((input) => blockOf(input, key).data);
  const [{ data, dtype }] = out;
  const kind = kindOf(dtype);
  sums(x, v, shift, data, kind === 'bool' || kind === 'float' ? kind : 'int');
  return undefined;
};
