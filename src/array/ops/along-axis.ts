import type { Block, Op } from '../../engine/op.js';
import type { FunctionSpec } from '../../graph/function-spec.js';
import { allocate } from '../../kernels/dtype.js';
import { product } from '../nodes/chunks.js';
import { elementsOf, fill } from './elements.js';
import { blockOf } from './gather.js';
import { functionOf } from './map-blocks.js';

export interface AlongAxisParams {
  readonly axis: number;
}

export interface AlongAxisCommon {
  readonly fn: FunctionSpec;
  /** How many elements the function gives for a lane. */
  readonly length: number;
}

/** Runs a user's function on the lanes of a block along an axis, one after another. */
export const alongAxis: Op<AlongAxisParams, AlongAxisCommon> = async ({
  key,
  inputs,
  params: { axis },
  common,
  out,
}) => {
  const fn = await functionOf(common);
  const source = blockOf(inputs[0], key);
  const [target] = out;
  const { length } = common;
  const extent = source.shape[axis];
  const inner = product(source.shape.slice(axis + 1));
  const outer = product(source.shape.slice(0, axis));
  const lane = allocate(source.dtype, extent);
  const made: Block = { dtype: target.dtype, shape: [length], data: allocate(target.dtype, length) };
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      const read = o * extent * inner + i;
      for (let n = 0; n < extent; n++) lane[n] = source.data[read + n * inner];
      put(await fn(lane), made, key);
      const write = o * length * inner + i;
      for (let n = 0; n < length; n++) target.data[write + n * inner] = made.data[n];
    }
};

function put(returned: unknown, made: Block, key: string): void {
  const elements = elementsOf(returned);
  if (elements === undefined)
    throw new TypeError(
      `${key}: the function must return an element, a typed array, nested lists or an NDArray; it returned ${typeof returned}`,
    );
  if (elements.length !== made.data.length)
    throw new RangeError(
      `${key}: the function returned ${elements.length} elements for a lane, not ${made.data.length}; say their shape: { shape: ${elements.length} }`,
    );
  fill(made, elements);
}
