import { join } from 'node:path';
import type { Op } from '../../engine/op.js';
import type { TypedArray } from '../../kernels/dtype.js';
import { itemsize } from '../../kernels/dtype.js';
import { bytesOf, layoutOf, selectionOf } from '../block.js';
import type { Region } from '../source.js';
import { copyStrided, readStrided } from '../strided.js';
import type { ChunkLender } from './chunks.js';
import { chunkBytes, chunkLender, chunkStrides, withRawChunk } from './chunks.js';
import { chunkKey } from './metadata.js';
import type { ZarrCommon } from './open.js';
import type { Piece } from './pieces.js';
import { piecesOf } from './pieces.js';

/** Where a piece goes. */
interface Place {
  readonly target: Uint8Array;
  readonly offset: number;
  readonly strides: readonly number[];
}

/** Reads a piece into its place; false if its chunk is not there. */
type PieceReader = (piece: Piece, place: Place) => boolean | Promise<boolean>;

/** What an array's reads need (its codecs, the indexes of its shards) is made once a thread. */
const readers = new WeakMap<ZarrCommon, Promise<PieceReader>>();

/** Requests under way at once, for one block. */
const REQUESTS = 8;

/** `io/zarr`: reads a region of a zarr array, whatever chunks it covers. */
export const readZarr: Op<Region, ZarrCommon> = async (ctx) => {
  const { common } = ctx;
  const out = ctx.out[0]!;
  const { layout } = common;
  let reader = readers.get(common);
  if (!reader) {
    reader = pieceReader(common);
    readers.set(common, reader);
  }
  const readPiece = await reader;
  const target = bytesOf(out);
  const { strides } = layoutOf(out);
  const region = selectionOf(ctx.params, out.shape, layout.shape, common.name);
  const pieces = piecesOf(region, layout.chunks)[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (const piece of pieces) {
      const offset = piece.at.reduce((sum, n, k) => sum + n * strides[k]!, 0);
      const found = readPiece(piece, { target, offset, strides });
      if (!(typeof found === 'boolean' ? found : await found))
        fill(out.data, layout.fill, offset / itemsize(layout.dtype), piece.selection.count, out.shape);
    }
  };
  const lanes = common.location.kind === 'http' ? REQUESTS : 1;
  await Promise.all(Array.from({ length: lanes }, lane));
};

async function pieceReader(common: ZarrCommon): Promise<PieceReader> {
  const { layout, location, name } = common;
  const size = itemsize(layout.dtype);
  const plain = layout.codecs.length === 0 && !layout.shard && !layout.unusual && !layout.bigEndian;
  if (!plain || location.kind !== 'directory') return decoding(await chunkLender(common), size);
  const directory = join(location.root, common.path);
  const strides = chunkStrides(layout);
  const whole = chunkBytes(layout);
  return ({ coords, selection }, place) => {
    const path = `${directory}/${chunkKey(layout, coords)}`;
    return withRawChunk(path, whole, name, (fd) =>
      readStrided(fd, path, { offset: 0, strides }, selection, place.target, place, size),
    );
  };
}

const decoding =
  (lend: ChunkLender, size: number): PieceReader =>
  ({ coords, selection }, place) =>
    lend(coords, ({ bytes, strides }) =>
      copyStrided(bytes, { offset: 0, strides }, selection, place.target, place, size),
    );

/** Fills a box of a C-ordered block of `shape` that starts at element `at`. */
function fill(
  data: TypedArray,
  value: number | bigint | boolean,
  at: number,
  box: readonly number[],
  shape: readonly number[],
): void {
  const row = typeof value === 'boolean' ? Number(value) : value;
  const visit = (axis: number, from: number, stride: number): void => {
    const count = box[axis] ?? 1;
    if (axis >= shape.length - 1)
      (data as { fill(v: unknown, a: number, b: number): void }).fill(row, from, from + count);
    else for (let i = 0; i < count; i++) visit(axis + 1, from + i * stride, stride / shape[axis + 1]!);
  };
  if (!box.includes(0))
    visit(
      0,
      at,
      shape.slice(1).reduce((a, b) => a * b, 1),
    );
}
