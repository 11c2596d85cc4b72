import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Op } from '../../engine/op.js';
import { itemsize } from '../../kernels/dtype.js';
import { bytesOf, inputBlock, layoutOf } from '../block.js';
import { attempt, errorCode, failure } from '../failure.js';
import { writeFully } from '../file.js';
import type { WriteParams, Written } from '../source.js';
import { borrow, giveBack } from '../spare.js';
import { contiguousStrides, copyStrided } from '../strided.js';
import { chunkBytes } from './chunks.js';
import type { ByteCodec } from './codecs.js';
import { openCodecs } from './codecs.js';
import { BEGUN, type ZarrWriteCommon } from './create.js';
import { chunkKey } from './metadata.js';
import type { Piece } from './pieces.js';
import { piecesOf } from './pieces.js';

const encoders = new WeakMap<ZarrWriteCommon, Promise<ByteCodec[]>>();

/** `io/zarr-write`: encodes the chunks that a block holds, and writes each to its file. */
export const writeZarr: Op<WriteParams, ZarrWriteCommon> = async (ctx): Promise<Written> => {
  const { common, params } = ctx;
  const { layout } = common;
  const block = inputBlock(ctx.inputs, params.start, common);
  checkAligned(params.start, block.shape, common);
  let codecs = encoders.get(common);
  if (!codecs) {
    codecs = openCodecs(layout.codecs);
    encoders.set(common, codecs);
  }
  const pieces = piecesOf(
    { start: params.start, step: block.shape.map(() => 1), count: block.shape },
    layout.chunks,
  );
  const source = bytesOf(block);
  const from = layoutOf(block);
  const size = itemsize(layout.dtype);
  const to = { offset: 0, strides: contiguousStrides(layout.chunks, size) };
  // Chunks are cut out into one buffer after another; beyond the array's end they hold the fill value, zero.
  let spare: Uint8Array | undefined;
  let bytes = 0;
  for (const piece of pieces) {
    let chunk = source;
    if (source.length !== chunkBytes(layout) || pieces.length > 1) {
      spare ??= borrow(chunkBytes(layout));
      if (piece.selection.count.some((n, k) => n < layout.chunks[k]!)) spare.fill(0);
      const selection = { ...piece.selection, start: piece.at };
      copyStrided(source, from, selection, spare, to, size);
      chunk = spare;
    }
    bytes += await writeChunk(common, piece, chunk, await codecs);
  }
  if (spare) giveBack(spare);
  return { bytes };
};

/** A chunk that two blocks shared would be written by both, each with half of it. */
function checkAligned(start: readonly number[], count: readonly number[], common: ZarrWriteCommon): void {
  const { layout, shape, path } = common;
  const aligned = layout.chunks.every((n, k) => {
    const end = start[k]! + count[k]!;
    return start[k]! % n === 0 && (end % n === 0 || end === shape[k]);
  });
  if (!aligned)
    throw new Error(
      `cannot write a block of shape [${count}] at [${start}] to ${path}: it does not hold whole chunks of ` +
        `[${layout.chunks}]; rechunk the array to multiples of them`,
    );
}

async function writeChunk(
  common: ZarrWriteCommon,
  piece: Piece,
  chunk: Uint8Array,
  codecs: readonly ByteCodec[],
): Promise<number> {
  const key = chunkKey(common.layout, piece.coords);
  let bytes = chunk;
  for (const codec of codecs) {
    try {
      bytes = await codec.encode(bytes);
    } catch (error) {
      throw failure(`encode by ${codec.name} chunk ${key} of`, common.path, error);
    }
  }
  const { partial, path } = common;
  const doing = `write chunk ${key} of`;
  const begun = join(partial, BEGUN, randomBytes(8).toString('hex'));
  try {
    const fd = attempt(doing, path, () => below(partial, begun, () => openSync(begun, 'wx')));
    try {
      writeFully(fd, bytes, 0, join(partial, key));
    } finally {
      closeSync(fd);
    }
    const file = join(partial, key);
    attempt(doing, path, () => below(partial, file, () => renameSync(begun, file)));
  } catch (error) {
    rmSync(begun, { force: true });
    throw error;
  }
  return bytes.length;
}

/** Does something to a file below `root`. Directories between are made; `root` is not, for a write may have been aborted. */
function below<T>(root: string, file: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(file) === root) throw error;
    makeBelow(root, dirname(file));
    return act();
  }
}

function makeBelow(root: string, directory: string): void {
  try {
    mkdirSync(directory);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(directory) === root) throw error;
    makeBelow(root, dirname(directory));
    makeBelow(root, directory);
  }
}
