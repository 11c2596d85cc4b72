import type { Op } from '../../engine/op.js';
import { product } from '../nodes/chunks.js';
import { blockOf } from './gather.js';

export interface TakeAlongParams {
  readonly axis: number;
}

/** Of each lane of a block along an axis the elements at the places that another block says for it. */
export const takeAlong: Op<TakeAlongParams, null> = ({ key, inputs, params: { axis }, out }) => {
  const [source, places] = inputs.map((input) => blockOf(input, key));
  const [from, to] = [source.shape[axis], places.shape[axis]];
  const inner = product(places.shape.slice(axis + 1));
  const { data } = out[0];
  for (let i = 0; i < places.data.length; i++) {
    const given = Number(places.data[i]);
    const place = given < 0 ? given + from : given;
    if (!(place >= 0 && place < from))
      throw new RangeError(
        `takeAlongAxis: index ${given} is out of bounds for axis ${axis} with size ${from}`,
      );
    const lane = Math.floor(i / (inner * to));
    data[i] = source.data[(lane * from + place) * inner + (i % inner)];
  }
};
