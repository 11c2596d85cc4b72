import { type Op, Shrunk } from '../../engine/op.js';
import { searchLane } from '../../kernels/lanes/search.js';
import { blockOf } from './gather.js';

export interface SearchCommon {
  readonly side: 'left' | 'right';
}

/** For each element of a block, where in an ascending one it belongs. */
export const searchsorted: Op<null, SearchCommon> = ({ key, inputs, common: { side }, out }) => {
  const [wanted, sorted] = inputs.map((input) => blockOf(input, key));
  const data = out[0].data as BigInt64Array;
  for (let i = 0; i < wanted.data.length; i++)
    data[i] = BigInt(searchLane(sorted.data, wanted.data[i], side));
  return wanted.data.length < data.length ? new Shrunk([wanted.shape]) : undefined;
};
