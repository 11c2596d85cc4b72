import type { Op } from '../../engine/op.js';
import { type DType, itemsize, viewOf } from '../../kernels/dtype.js';
import { product } from '../nodes/chunks.js';
import { copyBox } from './gather.js';

/** Where in the whole array the block starts. */
export interface LiteralParams {
  readonly start: readonly number[];
}

export interface LiteralCommon {
  readonly buffer: ArrayBufferLike;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** Copies a block out of values in memory. */
export const literal: Op<LiteralParams, LiteralCommon> = ({ params, common, out }) => {
  const { buffer, dtype, shape } = common;
  const length = Math.min(product(shape), buffer.byteLength / itemsize(dtype));
  const whole = { dtype, shape, data: viewOf(dtype, buffer, 0, length) };
  copyBox(
    whole,
    params.start,
    out[0],
    params.start.map(() => 0),
    out[0].shape,
  );
};
