import type { Op } from '../../engine/op.js';
import { product } from '../nodes/chunks.js';
import { blockOf } from './gather.js';

export interface TakeAlongParams {
  readonly axis: number;
}

/** Of each lane of a block along an axis the elements at the places that another block, of int64, says for it. */
export const takeAlong: Op<TakeAlongParams, null> = ({ key, inputs, params: { axis }, out }) => {
  const [source, places] = inputs.map((input) => blockOf(input, key));
  const [from, to] = [source.shape[axis], places.shape[axis]];
  const inner = product(places.shape.slice(axis + 1));
  const [{ data }] = out;
  const { data: elements } = source;
  // By halves: bigints would take longer than taking.
  const { buffer, byteOffset, length } = places.data;
  const halves = new Int32Array(buffer, byteOffset, 2 * length);
  for (let i = 0, first = 0; i < length; first += from * inner)
    for (let along = 0; along < to; along++)
      for (let k = 0; k < inner; k++, i++) {
        const given = halves[2 * i + 1] * 2 ** 32 + (halves[2 * i] >>> 0);
        const place = given < 0 ? given + from : given;
        if (!(place >= 0 && place < from)) refuse(given, axis, from);
        data[i] = elements[first + place * inner + k];
      }
};

function refuse(place: number, axis: number, extent: number): never {
  throw new RangeError(`takeAlongAxis: index ${place} is out of bounds for axis ${axis} with size ${extent}`);
}
