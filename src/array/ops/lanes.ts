import type { Block, Op } from '../../engine/op.js';
import { kindOf, type TypedArray } from '../../kernels/dtype.js';
import { cumulate } from '../../kernels/lanes/cumulate.js';
import { type QuantileMethod, quantiles } from '../../kernels/lanes/quantiles.js';
import { argsortLane, sortLane } from '../../kernels/lanes/sort.js';
import { product } from '../nodes/chunks.js';
import { blockOf } from './gather.js';

/** What is done with each lane of a block: the elements that differ in their place along one axis only. */
export type LaneWork =
  | { readonly kind: 'cumsum' }
  | { readonly kind: 'cumprod' }
  | { readonly kind: 'sort' | 'argsort' }
  | {
      readonly kind: 'quantile';
      readonly at: readonly number[];
      readonly method: QuantileMethod | 'mean';
      readonly skipNan: boolean;
    };

export interface LanesParams {
  readonly axis: number;
}

/** Works on the lanes of a block along an axis, one after another. */
export const lanes: Op<LanesParams, LaneWork> = ({ key, inputs, params: { axis }, common, out }) => {
  const source = blockOf(inputs[0], key);
  const [target] = out;
  const inner = product(source.shape.slice(axis + 1));
  if (common.kind === 'cumsum' || common.kind === 'cumprod') {
    cumulate(common.kind, source.data, target.data, source.shape[axis], inner);
    return;
  }
  const outer = product(source.shape.slice(0, axis));
  const [from, to] = [laneOf(source, axis), laneOf(target, axis)];
  const work = workOf(common, source);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      const read = o * from.length * inner + i;
      for (let n = 0; n < from.length; n++) from[n] = source.data[read + n * inner];
      work(from, to);
      const write = o * to.length * inner + i;
      for (let n = 0; n < to.length; n++) target.data[write + n * inner] = to[n];
    }
};

/** Memory for one lane, in the dtype of the block. */
function laneOf(block: Block, axis: number): TypedArray {
  const Lane = block.data.constructor as new (length: number) => TypedArray;
  return new Lane(block.shape[axis]);
}

function workOf(
  common: Exclude<LaneWork, { kind: 'cumsum' | 'cumprod' }>,
  source: Block,
): (from: TypedArray, to: TypedArray) => void {
  const isFloat = kindOf(source.dtype) === 'float';
  const { kind } = common;
  switch (kind) {
    case 'sort':
      return (from, to) => {
        to.set(from as never);
        sortLane(to);
      };
    case 'argsort':
      return (from, to) => {
        argsortLane(from, to as BigInt64Array);
      };
    case 'quantile': {
      const work = { ...common, isFloat };
      return (from, to) => {
        quantiles(from, to as Float64Array, work);
      };
    }
  }
}
