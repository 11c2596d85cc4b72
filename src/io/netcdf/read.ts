import type { Block, Op } from '../../engine/op.js';
import type { TypedArray } from '../../kernels/dtype.js';
import { itemsize, viewOf } from '../../kernels/dtype.js';
import { bytesOf, selectionOf } from '../block.js';
import { withFile } from '../file.js';
import type { Region } from '../source.js';
import { contiguousStrides, readStrided, swapBytes } from '../strided.js';
import type { NetcdfCommon, Unpacking } from './open.js';

/** `io/netcdf`: reads a region of a variable, and unpacks it. */
export const readNetcdf: Op<Region, NetcdfCommon> = ({ common, params, out }) => {
  const block = out[0]!;
  const selection = selectionOf(params, block.shape, common.shape, common.name);
  const size = itemsize(common.stored);
  const raw = rawView(block, common);
  const bytes = new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength);
  const layout = { offset: 0, strides: contiguousStrides(block.shape, size) };
  withFile(
    common.file,
    (fd) => readStrided(fd, common.name, common, selection, bytes, layout, size),
    common.stamp,
  );
  swapBytes(bytes, size);
  if (common.unpacking) unpack(raw, block.data as Float64Array, common.unpacking);
};

/**
 * Stored values are read into the end of the block that they are unpacked into: unpacked from the first to the last, each
 * lands at or before where it came from, so none is overwritten before its turn, and no other memory is needed.
 */
function rawView(block: Block, { stored }: NetcdfCommon): TypedArray {
  const { length } = block.data;
  const { buffer, byteOffset, byteLength } = bytesOf(block);
  return viewOf(stored, buffer, byteOffset + byteLength - length * itemsize(stored), length);
}

function unpack(raw: TypedArray, target: Float64Array, { scale, offset, missing }: Unpacking): void {
  if (raw instanceof BigInt64Array || raw instanceof BigUint64Array) {
    for (let i = 0; i < raw.length; i++) {
      const value = raw[i]!;
      target[i] = missing.includes(value) ? Number.NaN : Number(value) * scale + offset;
    }
    return;
  }
  // Most variables have one fill value, or the same as fill and missing value.
  // Adding an offset of zero would make zeros positive.
  const shift = offset === 0 ? -0 : offset;
  const [fill = Number.NaN, other = fill, ...more] = missing as readonly number[];
  for (let i = 0; i < raw.length; i++) {
    const value = raw[i]!;
    target[i] =
      value === fill || value === other || (more.length > 0 && more.includes(value))
        ? Number.NaN
        : value * scale + shift;
  }
}
