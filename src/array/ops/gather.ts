import { type Block, type Op, type Result, Shrunk } from '../../engine/op.js';
import type { TypedArray } from '../../kernels/dtype.js';
import { stridesOf } from '../nodes/chunks.js';

/** A box of an input block, copied to a place in the output block. */
export interface Copy {
  readonly input: number;
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly shape: readonly number[];
}

export interface GatherParams {
  readonly copies: readonly Copy[];
  /** Axes along which boxes and the output are as long as the input blocks are, which only those can tell. */
  readonly follow?: readonly number[];
}

/** Puts a block together from boxes of other blocks. */
export const gather: Op<GatherParams, unknown> = ({ key, inputs, params: { copies, follow }, out }) => {
  const [target] = out;
  if (!follow) {
    for (const { input, from, to, shape } of copies)
      copyBox(blockOf(inputs[input], key), from, target, to, shape);
    return undefined;
  }
  const like = blockOf(inputs[0], key);
  const lengthened = (shape: readonly number[]) =>
    shape.map((n, a) => (follow.includes(a) ? like.shape[a] : n));
  const cut = { ...target, shape: lengthened(target.shape) };
  for (const { input, from, to, shape } of copies)
    copyBox(blockOf(inputs[input], key), from, cut, to, lengthened(shape));
  return new Shrunk([cut.shape]);
};

/** The one block of a task's result. */
export function blockOf(result: Result, key: string, part = 0): Block {
  if (!('blocks' in result)) throw new TypeError(`${key}: expected a block as input, got a value`);
  return result.blocks[part];
}

/** Copies a box between C-contiguous blocks of one dtype. */
export function copyBox(
  source: Block,
  from: readonly number[],
  target: Block,
  to: readonly number[],
  shape: readonly number[],
): void {
  const [inStrides, outStrides] = [stridesOf(source.shape), stridesOf(target.shape)];
  let [read, write] = [0, 0];
  for (let axis = 0; axis < shape.length; axis++) {
    read += from[axis] * inStrides[axis];
    write += to[axis] * outStrides[axis];
  }
  // Trailing axes that are whole on both sides are one run of memory.
  let inner = shape.length;
  let run = 1;
  while (inner > 0 && run === inStrides[inner - 1] && run === outStrides[inner - 1]) run *= shape[--inner];
  copyRuns(source.data, target.data, read, write, 0);

  function copyRuns(src: TypedArray, dst: TypedArray, at: number, put: number, axis: number): void {
    if (axis === inner) {
      if (run < 16) for (let i = 0; i < run; i++) dst[put + i] = src[at + i];
      else dst.set(src.subarray(at, at + run) as never, put);
      return;
    }
    for (let i = 0; i < shape[axis]; i++)
      copyRuns(src, dst, at + i * inStrides[axis], put + i * outStrides[axis], axis + 1);
  }
}
