import { type Block, type Op, Shrunk } from '../../engine/op.js';
import { compileFunction } from '../../graph/compile-function.js';
import type { FunctionSpec } from '../../graph/function-spec.js';
import type { DType, TypedArrayOf } from '../../kernels/dtype.js';
import { product } from '../nodes/chunks.js';
import { memo } from '../nodes/memo.js';
import { elementsOf, fill } from './elements.js';
import { unequal } from './fused.js';
import { blockOf } from './gather.js';

export interface MapBlocksParams {
  readonly blockIndex: readonly number[];
  readonly start: readonly number[];
}

export interface MapBlocksCommon {
  readonly fn: FunctionSpec;
  /** A function of whole blocks, or of the position of one element. */
  readonly form: 'blocks' | 'elements';
  /** Where an axis is as long as blocks that a task is given: which inputs, and along which of their axes. */
  readonly extents?: readonly (readonly (readonly [input: number, axis: number])[])[];
}

/** A block as a user's function sees it: elements in C order, in shared memory (do not keep it, do not change inputs). */
export interface InputBlock<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: TypedArrayOf[D];
}

/** Where the output block lies, and its memory. */
export interface BlockInfo<D extends DType = DType> {
  /** Position of the block in the grid of blocks. */
  readonly blockIndex: readonly number[];
  /** Position of its first element in the array. */
  readonly start: readonly number[];
  readonly shape: readonly number[];
  readonly dtype: D;
  readonly out: InputBlock<D>;
}

const compiled = new WeakMap<object, Promise<(...args: unknown[]) => unknown>>();

/** The user's function that tasks share, compiled once. */
export const functionOf = (common: { readonly fn: FunctionSpec }) =>
  memo(compiled, common, () => compileFunction(common.fn));

/** Runs a user's function on blocks, or on every position of a block. */
export const mapBlocks: Op<MapBlocksParams, MapBlocksCommon> = async ({
  key,
  inputs,
  params,
  common,
  out,
}) => {
  const fn = await functionOf(common);
  const [target] = out;
  if (common.form === 'elements') {
    fillElements(fn, target, params.start);
    return undefined;
  }
  const blocks = inputs.map((r) => blockOf(r, key));
  const filled = common.extents ? cutTo(target, common.extents, blocks) : target;
  const { shape, dtype } = filled;
  const returned = await fn(...blocks, { ...params, shape, dtype, out: filled } satisfies BlockInfo);
  if (returned !== undefined) put(returned, filled, key);
  return common.extents ? new Shrunk([shape]) : undefined;
};

/** The part of a block, as large as it may be, that a function fills: its axes are as long as those of its inputs. */
function cutTo(
  bound: Block,
  extents: NonNullable<MapBlocksCommon['extents']>,
  blocks: readonly Block[],
): Block {
  const shape = bound.shape.map((n, a) => {
    const [first = n, ...others] = extents[a].map(([input, axis]) => blocks[input].shape[axis]);
    const other = others.find((extent) => extent !== first);
    if (other !== undefined) throw unequal(first, other);
    return first;
  });
  return { ...bound, shape, data: bound.data.subarray(0, product(shape)) };
}

function fillElements(fn: (...position: number[]) => unknown, target: Block, start: readonly number[]): void {
  const { shape } = target;
  const data = target.data as { [i: number]: unknown };
  const bool = target.dtype === 'bool';
  const big = target.dtype === 'int64' || target.dtype === 'uint64';
  const at = [...start];
  const total = product(shape);
  const convert = (v: unknown) => (bool ? Number(Boolean(v)) : big && typeof v === 'number' ? BigInt(v) : v);
  const last = shape.length - 1;
  for (let i = 0; i < total; ) {
    const row = last < 0 ? 1 : shape[last];
    if (last === 1) {
      const r = at[0];
      for (let c = 0; c < row; c++) data[i++] = convert(fn(r, start[1] + c));
    } else
      for (let c = 0; c < row; c++) {
        if (last >= 0) at[last] = start[last] + c;
        data[i++] = convert(fn(...at));
      }
    for (let axis = last - 1; axis >= 0; axis--) {
      if (++at[axis] < start[axis] + shape[axis]) break;
      at[axis] = start[axis];
    }
  }
}

/** Fills a block with what a function has returned. */
export function put(returned: unknown, target: Block, key: string): void {
  const data = elementsOf(returned);
  if (data === undefined)
    throw new TypeError(
      `${key}: the function must fill info.out.data or return a typed array, nested lists or an NDArray; it returned ${typeof returned}`,
    );
  if (data.length !== target.data.length)
    throw new RangeError(
      `${key}: the function returned ${data.length} elements for a block of shape [${target.shape.join(', ')}] (${target.data.length})`,
    );
  fill(target, data);
}
