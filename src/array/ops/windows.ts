import type { Op } from '../../engine/op.js';
import type { TypedArray } from '../../kernels/dtype.js';
import { stridesOf } from '../nodes/chunks.js';
import { blockOf } from './gather.js';

export interface WindowsCommon {
  /** Of each axis of windows, along which axis of the input it goes. */
  readonly axes: readonly number[];
}

/** Copies the windows that begin at each element of a block, which comes with what the last ones reach beyond it. */
export const windows: Op<null, WindowsCommon> = ({ key, inputs, common: { axes }, out }) => {
  const { data: from, shape } = blockOf(inputs[0], key);
  const [{ data: to, shape: extents }] = out;
  const own = stridesOf(shape);
  const steps = [...own, ...axes.map((axis) => own[axis])];
  const rank = extents.length;
  if (to.length === 0) return undefined;
  const [run, step] = [extents[rank - 1], steps[rank - 1]];
  const at = new Array<number>(rank - 1).fill(0);
  let place = 0;
  for (let i = 0; i < to.length; i += run) {
    copyRun(from, place, step, to, i, run);
    for (let axis = rank - 2; axis >= 0; axis--) {
      place += steps[axis];
      if (++at[axis] < extents[axis]) break;
      place -= at[axis] * steps[axis];
      at[axis] = 0;
    }
  }
  return undefined;
};

function copyRun(
  from: TypedArray,
  place: number,
  step: number,
  to: TypedArray,
  at: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) to[at + i] = from[place + i * step];
}
