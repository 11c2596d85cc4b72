import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCodecs } from '../../src/io/zarr/codecs.js';
import { parseV2, parseV3 } from '../../src/io/zarr/metadata.js';
import { findNativeCodecs } from '../../src/io/zarr/native.js';
import { itemsize, viewOf } from '../../src/kernels/dtype.js';

const data = join(import.meta.dirname, '../data/io/zarr');
const native = findNativeCodecs();

/** The one chunk of a store: its layout, what is in its file, and how long it is when decoded. */
function chunkOf(name: string) {
  const layout = parseV3(readFileSync(join(data, name, 'zarr.json'), 'utf8'), name);
  const length = layout.chunks.reduce((a, b) => a * b, 1);
  return {
    layout,
    bytes: readFileSync(join(data, name, 'c/0')),
    length,
    target: new Uint8Array(length * itemsize(layout.dtype)),
  };
}

/** The machine's own libraries, and the WebAssembly that works everywhere, must decode alike. */
describe.each([
  [`the machine's own: ${Object.keys(native).join(', ') || 'none here'}`, native],
  ['WebAssembly', {}],
] as const)('%s', (_, codecs) => {
  test.each(readdirSync(data).filter((name) => name.startsWith('blosc_')))('%s', async (name) => {
    const { layout, bytes, length, target } = chunkOf(name);
    const [codec] = await openCodecs(layout.codecs, codecs);
    const decoded = await codec!.decode(bytes, target);
    const wrap = layout.dtype === 'uint8' ? 256 : Infinity;
    expect([...viewOf(layout.dtype, decoded.buffer, decoded.byteOffset, length)].map(Number)).toEqual(
      Array.from({ length }, (_, i) => (wrap === 256 ? Math.floor(i / 3) % 256 : Math.floor(i / 3))),
    );
  });

  test.each(['v3_zstd', 'v3_zstd_checksum', 'v2_lz4', 'v2_zstd', 'v3_two_codecs'])('%s', async (name) => {
    const v2 = name.startsWith('v2');
    const text = readFileSync(join(data, name, v2 ? '.zarray' : 'zarr.json'), 'utf8');
    const layout = v2 ? parseV2(text, name) : parseV3(text, name);
    let bytes: Uint8Array = readFileSync(join(data, name, v2 ? '0.0' : 'c/0/0'));
    const target = new Uint8Array(4 * 6 * 4);
    for (const codec of (await openCodecs(layout.codecs, codecs)).reverse())
      bytes = await codec.decode(bytes, target);
    // Chunks of 4 × 6 of an array of 10 columns: element (i, j) is (10 i + j) / 4.
    expect([...viewOf('float32', Uint8Array.from(bytes).buffer, 0, 24)]).toEqual(
      Array.from({ length: 24 }, (_, k) => (10 * Math.floor(k / 6) + (k % 6)) / 4),
    );
  });

  test('what it encodes decodes again, by either', async () => {
    const bytes = Uint8Array.from({ length: 9000 }, (_, i) => i >> 5);
    for (const name of ['zstd', 'gzip', 'blosc']) {
      const spec = { name, configuration: { level: 3, cname: 'lz4', clevel: 5, shuffle: 'shuffle' } };
      const [encoder] = await openCodecs([spec], codecs);
      const encoded = await encoder!.encode(bytes);
      expect(encoded.length).toBeLessThan(bytes.length);
      for (const other of [native, {}]) {
        const [decoder] = await openCodecs([spec], other);
        expect(Uint8Array.from(await decoder!.decode(encoded, new Uint8Array(9000)))).toEqual(bytes);
      }
    }
  });

  test('no damage of a blosc chunk passes as data, nor reads beyond it', async () => {
    const { layout, bytes, target } = chunkOf('blosc_f8_lz4_shuffle');
    const [codec] = await openCodecs(layout.codecs, codecs);
    for (let length = 0; length < bytes.length; length += 101)
      await expect(async () => codec!.decode(bytes.subarray(0, length), target)).rejects.toThrow();
    const bent = Buffer.from(bytes);
    bent.writeInt32LE(bytes.length - 2, 16);
    await expect(async () => codec!.decode(bent, target)).rejects.toThrow();
  });
});
