import type { Op } from '../../engine/op.js';
import type { FunctionSpec } from '../../graph/function-spec.js';
import { blockOf } from './gather.js';
import { type BlockInfo, functionOf, type MapBlocksParams, put } from './map-blocks.js';

/** Numbers of inputs, in as many lists as an argument has axes that the result lacks. */
export type Nested = number | readonly Nested[];

export interface BlockwiseParams extends MapBlocksParams {
  /** Of which inputs each argument of the function is made. */
  readonly operands: readonly Nested[];
}

/** Runs a user's function on blocks, some of which come in lists. */
export const blockwise: Op<BlockwiseParams, { readonly fn: FunctionSpec }> = async (ctx) => {
  const { key, inputs, params, common, out } = ctx;
  const fn = await functionOf(common);
  const [target] = out;
  const given = (place: Nested): unknown =>
    typeof place === 'number' ? blockOf(inputs[place], key) : place.map(given);
  const { operands, ...where } = params;
  const info: BlockInfo = { ...where, shape: target.shape, dtype: target.dtype, out: target };
  const returned = await fn(...operands.map(given), info);
  if (returned !== undefined) put(returned, target, key);
};
