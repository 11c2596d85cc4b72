import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { writeFully } from '../../src/io/file.js';
import { openNpy } from '../../src/io/npy.js';
import { abortWrite } from '../../src/io/replace.js';
import type { Target } from '../../src/io/source.js';
import { createNpy, finishNpy } from '../../src/io/write-npy.js';
import type { CreateZarrOptions } from '../../src/io/zarr/create.js';
import { createZarr, finishZarr } from '../../src/io/zarr/create.js';
import { openZarr } from '../../src/io/zarr/open.js';
import type { DType } from '../../src/kernels/dtype.js';
import { DTYPES } from '../../src/kernels/dtype.js';
import { block, pickPart, read, run } from './run.js';

const room = mkdtempSync(join(tmpdir(), 'tilework-write-'));
afterAll(() => rmSync(room, { recursive: true }));
const data = join(import.meta.dirname, '../data/io');

const wide = (dtype: DType): boolean => dtype === 'int64' || dtype === 'uint64';
const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Writes `value(i)` at every flat index i, in blocks. */
async function write(
  target: Target,
  blocks: readonly number[],
  value: (i: number) => number = (i) => i,
  skip = -1,
): Promise<void> {
  const { shape, dtype } = target;
  const all = Array.from({ length: product(shape) }, (_, i) => value(i));
  let starts: number[][] = [[]];
  shape.forEach((n, k) => {
    starts = starts.flatMap((s) =>
      Array.from({ length: Math.ceil(n / blocks[k]!) }, (_, i) => [...s, i * blocks[k]!]),
    );
  });
  // Any order will do: here from the last to the first.
  for (const [nth, start] of starts.reverse().entries()) {
    if (nth === skip) continue;
    const count = start.map((s, k) => Math.min(blocks[k]!, shape[k]! - s));
    const part = pickPart(all, shape, { start, count, step: shape.map(() => 1) }) as number[];
    const input = block(dtype, count);
    part.forEach((v, i) => {
      input.data[i] = wide(dtype) ? BigInt(v) : v;
    });
    await run(target.op, { params: { start }, common: target.common, inputs: [{ blocks: [input] }] });
  }
}

describe('npy', () => {
  test('is the file that NumPy writes, but for the padding of its header', async () => {
    const truth = JSON.parse(readFileSync(join(data, 'npy/truth.json'), 'utf8'));
    const path = join(room, 'f8.npy');
    const target = createNpy(path, { shape: [3, 4], dtype: 'float64' });
    await write(target, [2, 3], (i) => truth['le_f8.npy'].values[i]);
    finishNpy(target);
    const ours = readFileSync(path);
    const numpys = readFileSync(join(data, 'npy/le_f8.npy'));
    expect(ours.subarray(-96)).toEqual(numpys.subarray(-96));
    expect(ours.subarray(0, 8)).toEqual(numpys.subarray(0, 8));
    const text = (bytes: Buffer) =>
      bytes
        .subarray(10, bytes.length - 96)
        .toString()
        .trim();
    expect(text(ours)).toBe(text(numpys));
  });

  test('any shape in any blocks, all dtypes', async () => {
    const axis = fc.record({ n: fc.integer({ min: 1, max: 6 }), block: fc.integer({ min: 1, max: 6 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(axis, { maxLength: 4 }), fc.constantFrom(...DTYPES), async (axes, dtype) => {
        const path = join(room, 'any.npy');
        const target = createNpy(path, { shape: axes.map((a) => a.n), dtype, overwrite: true });
        await write(
          target,
          axes.map((a) => a.block),
          (i) => i % 2,
        );
        finishNpy(target);
        expect([...(await read(openNpy(path)))].map(Number)).toEqual(
          Array.from({ length: product(target.shape) }, (_, i) => i % 2),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('is not there, nor whole, before it is finished', async () => {
    const directory = join(room, 'deep/er');
    const path = join(directory, 'a.npy');
    const target = createNpy(path, { shape: [4], dtype: 'int32' });
    await write(target, [2]);
    expect(existsSync(path)).toBe(false);
    expect(() => openNpy(target.partial)).toThrow(/not in NumPy's npy format/);
    abortWrite(target);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('replaces only what it may, when finished', async () => {
    const path = join(room, 'twice.npy');
    const first = createNpy(path, { shape: [2], dtype: 'int8' });
    await write(first, [2]);
    finishNpy(first);
    expect(() => createNpy(path, { shape: [2], dtype: 'int8' })).toThrow(
      /twice\.npy exists; pass overwrite: true/,
    );
    const second = createNpy(path, { shape: [3], dtype: 'int8', overwrite: true });
    await write(second, [3]);
    expect(openNpy(path).shape).toEqual([2]);
    finishNpy(second);
    expect(openNpy(path).shape).toEqual([3]);
    expect(readdirSync(room).filter((name) => name.startsWith('twice'))).toEqual(['twice.npy']);
    mkdirSync(join(room, 'directory.npy'));
    expect(() =>
      createNpy(join(room, 'directory.npy'), { shape: [], dtype: 'int8', overwrite: true }),
    ).toThrow(/directory\.npy exists and is something else/);
  });

  test('blocks that do not fit are refused', async () => {
    const target = createNpy(join(room, 'fit.npy'), { shape: [4], dtype: 'int32' });
    const give = (dtype: DType, start: number) =>
      run(target.op, {
        params: { start: [start] },
        common: target.common,
        inputs: [{ blocks: [block(dtype, [2])] }],
      });
    await expect(give('int32', 3)).rejects.toThrow(
      /cannot write a int32 block of shape \[2\] at \[3\]: .*fit\.npy/,
    );
    await expect(give('float32', 0)).rejects.toThrow(/cannot write a float32 block/);
  });
});

describe('zarr', () => {
  const codecs = [
    'none',
    'zstd',
    'gzip',
    'blosc',
    { name: 'blosc', cname: 'zstd', shuffle: 'bitshuffle' },
  ] as const;
  const cases = ([2, 3] as const).flatMap((zarrFormat) => codecs.map((codec) => ({ zarrFormat, codec })));

  test.each(cases)('written and read again: %o', async (options) => {
    const path = join(room, `s${cases.indexOf(options)}.zarr`);
    for (const dtype of DTYPES) {
      const target = createZarr(path, { shape: [7, 10], dtype, chunks: [3, 4], ...options, overwrite: true });
      await write(target, [6, 8], (i) => (dtype === 'bool' ? i % 2 : i));
      finishZarr(target);
      const source = await openZarr(path);
      expect(source).toMatchObject({ dtype, shape: [7, 10], chunks: [3, 4] });
      expect([...(await read(source))].map(Number)).toEqual(
        Array.from({ length: 70 }, (_, i) => (dtype === 'bool' ? i % 2 : i)),
      );
    }
  });

  test.each([
    ['v3_none', { codec: 'none' }],
    ['v3_zstd', { codec: { name: 'zstd', level: 0 } }],
    ['v3_gzip', { codec: 'gzip' }],
    ['v3_blosc_lz4', { codec: 'blosc' }],
    ['v2_none', { codec: 'none', zarrFormat: 2 }],
    ['v2_gzip', { codec: 'gzip', zarrFormat: 2 }],
    ['v2_blosc', { codec: 'blosc', zarrFormat: 2 }],
  ] as [string, Partial<CreateZarrOptions>][])(
    'metadata, keys and chunks as zarr-python has them: %s',
    async (name, options) => {
      const theirs = join(data, 'zarr', name);
      const path = join(room, name);
      const target = createZarr(path, { shape: [7, 10], dtype: 'float32', chunks: [4, 6], ...options });
      await write(target, [4, 6], (i) => i / 4);
      finishZarr(target);
      const list = (root: string) =>
        readdirSync(root, { recursive: true })
          .map(String)
          .filter((file) => file !== '.zattrs')
          .sort();
      expect(list(path)).toEqual(list(theirs));
      const document = options.zarrFormat === 2 ? '.zarray' : 'zarr.json';
      const meta = (root: string) => JSON.parse(readFileSync(join(root, document), 'utf8'));
      expect(meta(path)).toEqual(meta(theirs));
      const chunk = options.zarrFormat === 2 ? '1.1' : 'c/1/1';
      if (options.codec === 'none')
        expect(readFileSync(join(path, chunk))).toEqual(readFileSync(join(theirs, chunk)));
    },
  );

  test('what a process had begun when it died is not in the store', async () => {
    const path = join(room, 'begun.zarr');
    const target = createZarr(path, { shape: [4, 4], dtype: 'int32', chunks: [2, 4] });
    await write(target, [2, 4]);
    // As a killed writer leaves it: chunks are there in full or not at all.
    writeFileSync(join(target.partial, '.begun', 'half'), 'half a chunk');
    finishZarr(target);
    expect(readdirSync(path, { recursive: true }).sort()).toEqual([
      'c',
      'c/0',
      'c/0/0',
      'c/1',
      'c/1/0',
      'zarr.json',
    ]);
  });

  test('is not there, nor an array, before it is finished', async () => {
    const path = join(room, 'group/t.zarr');
    const target = createZarr(path, { shape: [4], dtype: 'int32', chunks: [2] });
    await write(target, [2]);
    expect(existsSync(path)).toBe(false);
    await expect(openZarr(target.partial)).rejects.toThrow(/no zarr array at/);
    abortWrite(target);
    expect(readdirSync(join(room, 'group'))).toEqual([]);
  });

  test('replaces only a zarr store, and only when finished', async () => {
    const path = join(room, 'twice.zarr');
    const options = { dtype: 'int32', chunks: [2] } as const;
    const first = createZarr(path, { shape: [8], ...options });
    await write(first, [2]);
    finishZarr(first);
    expect(() => createZarr(path, { shape: [4], ...options })).toThrow(
      /twice\.zarr exists; pass overwrite: true/,
    );
    const second = createZarr(path, { shape: [4], ...options, overwrite: true });
    await write(second, [2]);
    expect((await openZarr(path)).shape).toEqual([8]);
    finishZarr(second);
    expect((await openZarr(path)).shape).toEqual([4]);
    expect(readdirSync(path, { recursive: true }).sort()).toEqual(['c', 'c/0', 'c/1', 'zarr.json']);
    expect(readdirSync(room).filter((name) => name.startsWith('twice.z'))).toEqual(['twice.zarr']);
    const home = join(room, 'home');
    mkdirSync(home);
    writeFileSync(join(home, 'letters.txt'), 'dear');
    expect(() => createZarr(home, { shape: [4], ...options, overwrite: true })).toThrow(
      /home exists and is something else/,
    );
  });

  test('blocks must hold whole chunks', async () => {
    const target = createZarr(join(room, 'whole.zarr'), { shape: [7], dtype: 'int32', chunks: [3] });
    const give = (start: number, count: number) =>
      run(target.op, {
        params: { start: [start] },
        common: target.common,
        inputs: [{ blocks: [block('int32', [count])] }],
      });
    await expect(give(0, 4)).rejects.toThrow(
      /shape \[4\] at \[0\] to .*whole\.zarr: it does not hold whole chunks of \[3\]; rechunk/,
    );
    await expect(give(1, 3)).rejects.toThrow(/does not hold whole chunks/);
    expect(await give(6, 1)).toMatchObject({ value: { bytes: expect.any(Number) } });
    expect(() => createZarr(join(room, 'c.zarr'), { shape: [7], dtype: 'int32', chunks: [0] })).toThrow(
      /chunks \[0\]/,
    );
  });

  test('attributes and dimension names', async () => {
    for (const zarrFormat of [2, 3] as const) {
      const path = join(room, `named${zarrFormat}.zarr`);
      const target = createZarr(path, {
        shape: [2],
        dtype: 'int8',
        chunks: [2],
        zarrFormat,
        attributes: { units: 'K' },
        dimensions: ['x'],
      });
      finishZarr(target);
      const source = await openZarr(path);
      expect(source.attributes).toMatchObject({ units: 'K' });
      expect(source.dimensions).toEqual(['x']);
      expect([...(await read(source))]).toEqual([0, 0]);
    }
  });
});

test.skipIf(!existsSync('/dev/full'))('a full disk is told', () => {
  const fd = openSync('/dev/full', 'w');
  expect(() => writeFully(fd, new Uint8Array(10), 0, 'a.npy')).toThrow(
    /cannot write a\.npy: the disk is full; free some space.*ENOSPC/,
  );
});
