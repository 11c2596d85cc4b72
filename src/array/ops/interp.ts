import { type Op, Shrunk } from '../../engine/op.js';
import { searchLane } from '../../kernels/lanes/search.js';
import { blockOf } from './gather.js';

export interface InterpCommon {
  readonly left?: number;
  readonly right?: number;
}

/** For each element of a block the value there of the line through points. */
export const interp: Op<null, InterpCommon> = ({ key, inputs, common, out }) => {
  const [x, xp, fp] = inputs.map((input) => blockOf(input, key));
  const [at, values] = [xp.data as Float64Array, fp.data as Float64Array];
  const last = at.length - 1;
  const { left = values[0], right = values[last] } = common;
  const { data } = out[0];
  for (let i = 0; i < x.data.length; i++) {
    const wanted = Number(x.data[i]);
    if (Number.isNaN(wanted)) data[i] = wanted;
    else {
      const j = searchLane(at, wanted, 'right') - 1;
      if (j < 0) data[i] = left;
      else if (j === last) data[i] = wanted > at[last] ? right : values[last];
      else data[i] = between(wanted, j, at, values);
    }
  }
  return x.data.length < data.length ? new Shrunk([x.shape]) : undefined;
};

/** On the way from one point to the next. Of infinite slopes: as seen from the other end, or where there is no slope at all. */
function between(x: number, j: number, at: Float64Array, values: Float64Array): number {
  if (at[j] === x) return values[j];
  const slope = (values[j + 1] - values[j]) / (at[j + 1] - at[j]);
  const ahead = slope * (x - at[j]) + values[j];
  if (!Number.isNaN(ahead)) return ahead;
  const back = slope * (x - at[j + 1]) + values[j + 1];
  return Number.isNaN(back) && values[j] === values[j + 1] ? values[j] : back;
}
