import type { Op } from '../../engine/op.js';
import { blockOf } from './gather.js';

/** For each input block: which of its elements, in C order, and where they go in the output. */
export interface PointsParams {
  readonly picks: readonly { readonly from: Float64Array; readonly to: Float64Array }[];
}

/** Puts a vector together from single elements of other blocks. */
export const points: Op<PointsParams> = ({ key, inputs, params: { picks }, out }) => {
  const { data } = out[0];
  picks.forEach(({ from, to }, k) => {
    const source = blockOf(inputs[k], key).data;
    for (let i = 0; i < from.length; i++) data[to[i]] = source[from[i]];
  });
};
