import { closeSync, ftruncateSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Op } from '../engine/op.js';
import type { DType } from '../kernels/dtype.js';
import { itemsize } from '../kernels/dtype.js';
import { bytesOf, inputBlock } from './block.js';
import { attempt } from './failure.js';
import { opened, writeFully } from './file.js';
import { formatNpyHeader, npyDataBytes } from './npy-header.js';
import { isFile, partialOf, replace } from './replace.js';
import type { Target, WriteParams, Written } from './source.js';
import { contiguousStrides } from './strided.js';

export interface CreateNpyOptions {
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** Replace a file that exists, when the new one is whole. */
  readonly overwrite?: boolean;
}

/** What all writes of an npy file share. */
export interface NpyWriteCommon {
  readonly path: string;
  readonly partial: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly header: number;
}

/**
 * Starts an npy file: makes a temporary sibling of its full size, without its header, so that it is no npy file until
 * `finishNpy`.
 *
 * @throws if the path exists (unless `overwrite`) or cannot be written
 */
export function createNpy(path: string, options: CreateNpyOptions): Target {
  const { shape, dtype, overwrite = false } = options;
  const full = resolve(path);
  const partial = partialOf(full, overwrite, isFile);
  const header = formatNpyHeader(dtype, shape).length;
  const bytes = header + npyDataBytes({ dtype, shape });
  const fd = opened(partial, 'wx', 'write');
  try {
    attempt('write', partial, () => ftruncateSync(fd, bytes));
  } finally {
    closeSync(fd);
  }
  const common: NpyWriteCommon = { path: full, partial, dtype, shape, header };
  return { path: full, partial, dtype, shape, op: 'io/npy-write', common, overwrite };
}

/** Makes the file whole, when all blocks are written, and puts it in place. */
export function finishNpy(target: Target): void {
  const fd = opened(target.partial, 'r+', 'write');
  try {
    writeFully(fd, formatNpyHeader(target.dtype, target.shape), 0, target.partial);
  } finally {
    closeSync(fd);
  }
  replace(target, isFile);
}

/** `io/npy-write`: writes a block where it belongs in the file. */
export const writeNpy: Op<WriteParams, NpyWriteCommon> = (ctx): Written => {
  const { common, params } = ctx;
  const block = inputBlock(ctx.inputs, params.start, common);
  const bytes = bytesOf(block);
  const size = itemsize(common.dtype);
  const strides = contiguousStrides(common.shape, size);
  const first = params.start.reduce((at, n, k) => at + n * strides[k]!, common.header);
  // Along this axis lies one run, for along those behind it the block spans the array.
  let axis = Math.max(0, block.shape.length - 1);
  while (axis > 0 && block.shape[axis] === common.shape[axis]) axis--;
  const run = block.shape.slice(axis).reduce((a, b) => a * b, size);
  const fd = opened(common.partial, 'r+', 'write');
  try {
    let from = 0;
    const visit = (k: number, at: number): void => {
      if (k === axis) {
        writeFully(fd, bytes.subarray(from, from + run), at, common.path);
        from += run;
      } else for (let i = 0; i < block.shape[k]!; i++) visit(k + 1, at + i * strides[k]!);
    };
    if (bytes.length > 0) visit(0, first);
  } finally {
    closeSync(fd);
  }
  return { bytes: bytes.length };
};
