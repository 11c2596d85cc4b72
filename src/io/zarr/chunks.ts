import { fstatSync } from 'node:fs';
import { itemsize } from '../../kernels/dtype.js';
import { checked } from '../crc32c.js';
import { readFully } from '../file.js';
import { borrow, giveBack } from '../spare.js';
import { contiguousStrides, swapBytes } from '../strided.js';
import type { ByteCodec } from './codecs.js';
import { codecTrouble, openCodecs } from './codecs.js';
import type { ShardLayout, ZarrLayout } from './metadata.js';
import { chunkKey } from './metadata.js';
import type { ZarrCommon } from './open.js';
import type { Store } from './store.js';
import { openStore, withKey } from './store.js';

/** A decoded chunk: its bytes, and the distance between neighbours along each axis, in bytes. */
export interface Chunk {
  readonly bytes: Uint8Array;
  readonly strides: readonly number[];
}

/** Gets and decodes a chunk, and lends it to `use`, which must not keep it. False if the chunk is not there. */
export type ChunkLender = (coords: readonly number[], use: (chunk: Chunk) => void) => Promise<boolean>;

/** Bytes of a decoded chunk. */
export const chunkBytes = ({ chunks, dtype }: ZarrLayout): number =>
  chunks.reduce((a, b) => a * b, itemsize(dtype));

/** Distances within a decoded chunk, in bytes: its elements lie in the order of `layout.axes`. */
export function chunkStrides({ chunks, axes, dtype }: ZarrLayout): number[] {
  const stored = contiguousStrides(
    axes.map((axis) => chunks[axis]!),
    itemsize(dtype),
  );
  const strides = new Array<number>(chunks.length);
  axes.forEach((axis, k) => {
    strides[axis] = stored[k]!;
  });
  return strides;
}

export async function chunkLender(common: ZarrCommon): Promise<ChunkLender> {
  const { layout, path, name, location } = common;
  const store = await openStore(location);
  if (common.metadata !== undefined) return (await import('./unusual.js')).unusualLender(common, store);
  const codecs = await openCodecs(layout.codecs);
  const size = chunkBytes(layout);
  const strides = chunkStrides(layout);
  const elementBytes = itemsize(layout.dtype);
  const local = location.kind === 'directory' && !layout.shard;
  const encoded = layout.shard
    ? shardedBytes(layout, layout.shard, path, store, name)
    : local
      ? (coords: readonly number[]) => borrowFile(`${location.root}${path}/${chunkKey(layout, coords)}`)
      : (coords: readonly number[]) => store.get(`${path}/${chunkKey(layout, coords)}`);
  return async (coords, use) => {
    const raw = await encoded(coords);
    if (!raw) return false;
    const target = borrow(size);
    try {
      let bytes = await decode(codecs, raw, target, () => `chunk ${chunkKey(layout, coords)} of ${name}`);
      if (bytes.byteOffset % elementBytes !== 0) bytes = bytes.slice();
      if (layout.bigEndian) swapBytes(bytes, elementBytes);
      use({ bytes, strides });
      return true;
    } finally {
      giveBack(target);
      if (local) giveBack(raw);
    }
  };
}

/** The contents of a file, borrowed; undefined if there is none. */
function borrowFile(path: string): Uint8Array | undefined {
  return withKey(path, (fd) => {
    const bytes = borrow(fstatSync(fd).size);
    readFully(fd, bytes, 0, path);
    return bytes;
  });
}

async function decode(
  codecs: readonly ByteCodec[],
  encoded: Uint8Array,
  target: Uint8Array,
  chunk: () => string,
): Promise<Uint8Array> {
  const size = target.length;
  let bytes = encoded;
  for (let k = codecs.length - 1; k >= 0; k--) {
    try {
      bytes = await codecs[k]!.decode(bytes, target);
    } catch (cause) {
      throw new Error(
        `${chunk()} is damaged: codec ${codecs[k]!.name} cannot decode its ${encoded.length} bytes ` +
          `(${codecTrouble(cause)}); write it again`,
        { cause },
      );
    }
  }
  if (bytes.length === size) return bytes;
  const by =
    codecs.length > 0 ? `decoded by ${codecs.map((codec) => codec.name).join(', ')}` : 'uncompressed';
  throw new Error(
    `${chunk()} is damaged: expected ${size} bytes (${by}), found ${bytes.length}; write it again`,
  );
}

/** Indexes of the shards read last, so that the chunks of one need not each read it again. */
const INDEXES_KEPT = 64;
/** Offset and length of a chunk that is not there. */
const ABSENT = 0xffffffffffffffffn;

function shardedBytes(
  layout: ZarrLayout,
  shard: ShardLayout,
  path: ZarrCommon['path'],
  store: Store,
  name: string,
): (coords: readonly number[]) => Promise<Uint8Array | undefined> {
  const entries = shard.count.reduce((a, b) => a * b, 1);
  const length = entries * 16 + (shard.indexChecksum ? 4 : 0);
  const range = shard.indexAt === 'end' ? { suffixLength: length } : { offset: 0, length };
  const kept = new Map<string, Promise<DataView | undefined>>();
  const readIndex = async (key: string): Promise<DataView | undefined> => {
    const bytes = await store.getRange(`${path}/${key}`, range);
    if (!bytes) return undefined;
    let index = bytes;
    try {
      if (shard.indexChecksum) index = checked(bytes);
    } catch (cause) {
      throw new Error(`shard ${key} of ${name} is damaged: codec crc32c cannot decode its index`, { cause });
    }
    return new DataView(index.buffer, index.byteOffset, index.byteLength);
  };
  return async (coords) => {
    const key = chunkKey(
      layout,
      coords.map((c, k) => Math.floor(c / shard.count[k]!)),
    );
    let reading = kept.get(key);
    if (!reading) {
      reading = readIndex(key);
      reading.catch(() => kept.delete(key));
      kept.set(key, reading);
      if (kept.size > INDEXES_KEPT) kept.delete(kept.keys().next().value!);
    }
    const index = await reading;
    if (!index) return undefined;
    const entry = coords.reduce((at, c, k) => at * shard.count[k]! + (c % shard.count[k]!), 0);
    const offset = index.getBigUint64(entry * 16, true);
    const size = index.getBigUint64(entry * 16 + 8, true);
    if (offset === ABSENT && size === ABSENT) return undefined;
    return store.getRange(`${path}/${key}`, { offset: Number(offset), length: Number(size) });
  };
}

/** Opens the file of an uncompressed chunk, its size checked; false if there is none. */
export function withRawChunk(path: string, size: number, name: string, body: (fd: number) => void): boolean {
  return (
    withKey(path, (fd) => {
      const found = fstatSync(fd).size;
      if (found !== size)
        throw new Error(
          `chunk ${path} of ${name} is damaged: expected ${size} bytes (uncompressed), found ${found}; write it again`,
        );
      body(fd);
      return true;
    }) ?? false
  );
}
