import type { Op } from '../../../engine/op.js';
import { viewOf } from '../../../kernels/dtype.js';
import { qr as factor, type Reals } from '../../../kernels/factors/index.js';
import { blockOf } from '../gather.js';

export interface QrCommon {
  /** Which of the blocks of each input is a matrix: those stand one below another. */
  readonly part: number;
}

/** Q and R of matrices that stand one below another. Asks for room for them where they have more columns than rows. */
export const qr: Op<null, QrCommon> = ({ key, inputs, common, out, scratch }) => {
  const [q, r] = out;
  const [k, n] = r.shape;
  const m = q.shape[0];
  const isSquare = k === n;
  const a = (
    isSquare ? q.data : viewOf(q.dtype as 'float64', scratch.buffer, scratch.byteOffset, m * n)
  ) as Reals;
  let at = 0;
  for (const input of inputs) {
    const { data } = blockOf(input, key, common.part);
    a.set(data as Reals, at);
    at += data.length;
  }
  factor(m, n, a, q.data as Reals, r.data as Reals);
};
