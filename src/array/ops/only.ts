import { type Op, Shrunk } from '../../engine/op.js';
import { blockOf } from './gather.js';

export interface OnlyParams {
  readonly axis: number;
}

/** The one block that has an element along an axis, of all along it; throws where they do not have one together. */
export const only: Op<OnlyParams> = ({ key, inputs, params: { axis }, out }) => {
  const blocks = inputs.map((input) => blockOf(input, key));
  const extent = blocks.reduce((n, { shape }) => n + shape[axis], 0);
  if (extent !== 1) throw new RangeError(`squeeze: axis ${axis} has extent ${extent}, not 1`);
  const { data, shape } = blocks.find((block) => block.shape[axis] === 1)!;
  out[0].data.set(data as never);
  return new Shrunk([shape]);
};
