import type { Op } from '../../../engine/op.js';
import { blockOf } from '../gather.js';

export interface PartParams {
  /** Which of the blocks of the input. */
  readonly part: number;
  /** Where in it to begin, in elements. */
  readonly at: number;
}

/** A piece of one of several blocks that a task has left, as a block of its own. */
export const part: Op<PartParams, unknown> = ({ key, inputs, params, out }) => {
  const { data } = blockOf(inputs[0], key, params.part);
  const [target] = out;
  target.data.set(data.subarray(params.at, params.at + target.data.length) as never);
};
