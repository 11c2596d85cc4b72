import type { Block, Result } from '../engine/op.js';
import type { DType } from '../kernels/dtype.js';
import type { Region } from './source.js';
import type { Layout, Selection } from './strided.js';
import { contiguousStrides } from './strided.js';

/** The bytes of a block. */
export function bytesOf(block: Block): Uint8Array {
  return new Uint8Array(block.data.buffer, block.data.byteOffset, block.data.byteLength);
}

/** The layout of a block in memory (C order), offset 0 being its first byte. */
export function layoutOf(block: Block): Layout {
  return { offset: 0, strides: contiguousStrides(block.shape, block.data.BYTES_PER_ELEMENT) };
}

/**
 * The elements that a read asks for.
 * @throws if they do not lie in an array of `shape`
 */
export function selectionOf(
  region: Region,
  count: readonly number[],
  shape: readonly number[],
  name: string,
): Selection {
  const { start, step } = region;
  const within =
    start.length === shape.length &&
    step.length === shape.length &&
    count.length === shape.length &&
    shape.every(
      (n, k) =>
        count[k] === 0 || (start[k]! >= 0 && step[k]! >= 1 && start[k]! + (count[k]! - 1) * step[k]! < n),
    );
  if (!within)
    throw new Error(
      `cannot read [${count}] elements from [${start}] in steps of [${step}]: ${name} has shape [${shape}]`,
    );
  return { start, step, count };
}

/**
 * The block that a write task was given.
 * @throws if it is not of the dtype or does not lie in the array that is written
 */
export function inputBlock(
  inputs: readonly Result[],
  start: readonly number[],
  array: { readonly path: string; readonly dtype: DType; readonly shape: readonly number[] },
): Block {
  const result = inputs[0];
  const block = result && 'blocks' in result ? result.blocks[0] : undefined;
  if (!block) throw new Error(`writing ${array.path} needs a block as its input`);
  const { shape, dtype } = block;
  const fits =
    shape.length === array.shape.length &&
    start.length === array.shape.length &&
    shape.every((n, k) => start[k]! >= 0 && start[k]! + n <= array.shape[k]!);
  if (!fits || dtype !== array.dtype)
    throw new Error(
      `cannot write a ${dtype} block of shape [${shape}] at [${start}]: ${array.path} is ${array.dtype} of shape [${array.shape}]`,
    );
  return block;
}
