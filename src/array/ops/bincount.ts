import type { Op } from '../../engine/op.js';
import { blockOf } from './gather.js';

/** Counts how often each whole number occurs in a block, or adds up its weights; as float64, which adds up faster than bigints do. */
export const bincount: Op = ({ key, inputs, out }) => {
  const values = blockOf(inputs[0], key).data;
  const weights = inputs.length > 1 ? (blockOf(inputs[1], key).data as Float64Array) : undefined;
  const counts = out[0].data as Float64Array;
  counts.fill(0);
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    if (!(value < counts.length && value >= 0 && Number.isInteger(value))) refuse(value, counts.length);
    counts[value] += weights === undefined ? 1 : weights[i];
  }
};

function refuse(value: number, length: number): never {
  if (!Number.isInteger(value) || value < 0)
    throw new RangeError(`bincount: elements are whole numbers of 0 or more, not ${value}`);
  throw new RangeError(
    `bincount: an element of ${value} needs more than ${length} bins; say a minlength of ${value + 1} or more`,
  );
}
