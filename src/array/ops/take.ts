import { type Op, Shrunk } from '../../engine/op.js';
import { product } from '../nodes/chunks.js';
import { blockOf } from './gather.js';

/** For each input block: positions along the axis in it, and where they go in the output. */
export interface TakeParams {
  readonly axis: number;
  readonly picks: readonly { readonly from: Float64Array; readonly to: Float64Array }[];
  /** How much is taken, where the other axes are as long as those of the first input, which only that can tell. */
  readonly count?: number;
}

/** Puts a block together from slices of other blocks along one axis. */
export const take: Op<TakeParams> = ({ key, inputs, params, out }) => {
  const { axis, picks, count } = params;
  const shape =
    count === undefined
      ? out[0].shape
      : blockOf(inputs[0], key).shape.map((n, a) => (a === axis ? count : n));
  const { data } = out[0];
  picks.forEach(({ from, to }, k) => {
    const source = blockOf(inputs[k], key);
    const inner = product(source.shape.slice(axis + 1));
    const outer = product(source.shape.slice(0, axis));
    const [inRow, outRow] = [source.shape[axis] * inner, shape[axis] * inner];
    for (let o = 0; o < outer; o++)
      for (let i = 0; i < from.length; i++) {
        const [at, put] = [o * inRow + from[i] * inner, o * outRow + to[i] * inner];
        if (inner === 1) data[put] = source.data[at];
        else data.set(source.data.subarray(at, at + inner) as never, put);
      }
  });
  return count === undefined ? undefined : new Shrunk([shape]);
};
