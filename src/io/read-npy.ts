import type { Op, TaskContext } from '../engine/op.js';
import { itemsize } from '../kernels/dtype.js';
import { bytesOf, layoutOf, selectionOf } from './block.js';
import { withFile } from './file.js';
import type { NpyCommon } from './npy.js';
import type { Inflated, Region } from './source.js';
import { readStrided, swapBytes } from './strided.js';

/** `io/npy`: reads a region of an npy file (or of an npz member, inflated by the task that is its input). */
export const readNpy: Op<Region, NpyCommon> = (ctx) => {
  const { common } = ctx;
  const out = ctx.out[0]!;
  const selection = selectionOf(ctx.params, out.shape, common.shape, common.name);
  const file = common.file ?? inflatedFile(ctx);
  const size = itemsize(common.dtype);
  const bytes = bytesOf(out);
  withFile(
    file,
    (fd) => readStrided(fd, common.name, common, selection, bytes, layoutOf(out), size),
    common.file === undefined ? undefined : common.stamp,
  );
  if (common.bigEndian) swapBytes(bytes, size);
};

function inflatedFile({ inputs, common }: TaskContext<Region, NpyCommon>): string {
  const result = inputs[0];
  if (!result || !('value' in result))
    throw new Error(`reading ${common.name} needs the task that inflates it as its input`);
  return (result.value as Inflated).file;
}
