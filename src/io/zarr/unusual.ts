import type { Readable } from 'zarrita';
import { open, registry } from 'zarrita';
import { itemsize } from '../../kernels/dtype.js';
import type { ChunkLender } from './chunks.js';
import { codecTrouble } from './codecs.js';
import { chunkKey } from './metadata.js';
import type { ZarrCommon } from './open.js';
import type { Store } from './store.js';

/**
 * Chunks whose codecs change elements (filters of format 2, `scale_offset`, shards within shards …) are got and decoded by
 * zarrita. It takes the metadata from `common`, not from the store again.
 */
export async function unusualLender(common: ZarrCommon, store: Store): Promise<ChunkLender> {
  const { layout, name } = common;
  const document = layout.format === 2 ? '.zarray' : 'zarr.json';
  const readable: Readable = {
    get: async (key) => (key === `/${document}` ? new TextEncoder().encode(common.metadata) : under(key)),
    getRange: async (key, range) => store.getRange(`${common.path}${key}`, range),
  };
  const under = (key: `/${string}`) => store.get(`${common.path}${key}`);
  const array = await (layout.format === 2
    ? open.v2(readable, { kind: 'array', attrs: false })
    : open.v3(readable, { kind: 'array' }));
  const bytes = itemsize(layout.dtype);
  return async (coords, use) => {
    try {
      const { data, stride } = await array.getChunk([...coords]);
      if (!('buffer' in data)) throw new Error('its elements are no numbers');
      use({
        bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
        strides: stride.map((s) => s * bytes),
      });
      // Where the chunk is not there, zarrita yields one of fill values.
      return true;
    } catch (cause) {
      const inner =
        cause instanceof Error && cause.cause !== undefined ? `: ${codecTrouble(cause.cause)}` : '';
      throw new Error(
        `chunk ${chunkKey(layout, coords)} of ${name} cannot be decoded: ${codecTrouble(cause)}${inner}`,
        { cause },
      );
    }
  };
}

/** Whether zarrita knows a codec, under its own name or as one of numcodecs. */
export const isKnownCodec = (name: string): boolean =>
  registry.has(name) ||
  registry.has(`numcodecs.${name}`) ||
  name === 'sharding_indexed' ||
  name === 'fixedscaleoffset';
