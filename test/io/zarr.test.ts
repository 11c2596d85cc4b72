import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { openZarr } from '../../src/io/zarr/open.js';
import type { DType } from '../../src/kernels/dtype.js';
import { pickPart, read } from './run.js';

const data = join(import.meta.dirname, '../data/io/zarr');
interface Truth {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly values: readonly (number | string | boolean)[];
}
const truth = JSON.parse(readFileSync(join(data, 'truth.json'), 'utf8')) as Record<string, Truth>;
const room = mkdtempSync(join(tmpdir(), 'tilework-zarr-'));
afterAll(() => rmSync(room, { recursive: true }));

const special: Record<string, number> = { nan: Number.NaN, inf: Infinity, '-inf': -Infinity };
const expected = ({ dtype, values }: Truth): (number | bigint)[] =>
  values.map((v) =>
    dtype === 'int64' || dtype === 'uint64' ? BigInt(v) : (special[String(v)] ?? Number(v)),
  );

describe('stores written by zarr-python', () => {
  test.each(Object.keys(truth))('%s', async (name) => {
    const source = await openZarr(join(data, name));
    const { dtype, shape } = truth[name]!;
    expect(source).toMatchObject({ dtype, shape });
    expect([...(await read(source))]).toEqual(expected(truth[name]!));
  });

  test.each([
    'v3_none',
    'v2_fortran',
    'v3_zstd',
    'v3_transpose3',
    'v3_sharded',
    'v3_sharded_sparse',
    'v2_delta',
  ])('any region of %s', async (name) => {
    const source = await openZarr(join(data, name));
    const all = expected(truth[name]!);
    const axis = (n: number) =>
      fc.record({ start: fc.nat({ max: n - 1 }), step: fc.integer({ min: 1, max: n }), part: fc.nat() });
    await fc.assert(
      fc.asyncProperty(fc.tuple(...source.shape.map(axis)), async (axes) => {
        const part = {
          start: axes.map((a) => a.start),
          step: axes.map((a) => a.step),
          count: axes.map((a, k) => a.part % (Math.ceil((source.shape[k]! - a.start) / a.step) + 1)),
        };
        expect([...(await read(source, part))]).toEqual(pickPart(all, source.shape, part));
      }),
      { numRuns: 60 },
    );
  });

  test('chunks, and whether a slice is cheaper than the whole', async () => {
    expect(await openZarr(join(data, 'v3_none'))).toMatchObject({ chunks: [4, 6], sliceable: true });
    expect(await openZarr(join(data, 'v3_zstd'))).toMatchObject({ chunks: [4, 6], sliceable: false });
    expect(await openZarr(join(data, 'v3_sharded'))).toMatchObject({ chunks: [2, 2] });
  });

  test('arrays in groups, with their attributes', async () => {
    const t = await openZarr(join(data, 'v3_group'), { path: '/climate/t' });
    expect(t).toMatchObject({ attributes: { units: 'K' }, dimensions: ['lat', 'lon'] });
    expect([...(await read(t))]).toEqual(Array.from({ length: 16 }, (_, i) => i));
    const u = await openZarr(join(data, 'v2_group'), { path: 't', version: 2 });
    expect(u).toMatchObject({ attributes: { units: 'm' }, dimensions: ['x'] });
    await expect(openZarr(join(data, 'v3_group'))).rejects.toThrow(
      /v3_group is a zarr group, not an array; .*: climate\/t, u$/,
    );
    await expect(openZarr(join(data, 'v2_group'))).rejects.toThrow(/is a zarr group.*: t$/);
  });

  test('what is not read is refused when opened', async () => {
    await expect(openZarr(join(data, 'v3_complex'))).rejects.toThrow(/v3_complex has dtype complex128/);
    await expect(openZarr(join(data, 'v2_half'))).rejects.toThrow(/v2_half has dtype <f2/);
    await expect(openZarr(join(data, 'v2_string'))).rejects.toThrow(/v2_string has dtype <U3 \(strings\)/);
    await expect(openZarr(join(data, 'v2_bz2'))).rejects.toThrow(/v2_bz2 is encoded by bz2/);
    await expect(openZarr(join(data, 'nothing'))).rejects.toThrow(
      /no zarr array at .*nothing: it has no zarr\.json or \.zarray/,
    );
    await expect(openZarr(join(data, 'v3_none'), { version: 2 })).rejects.toThrow(/has no \.zarray/);
    await expect(openZarr('s3://bucket/store')).rejects.toThrow(/directories or http\(s\) URLs/);
  });
});

describe('damaged stores', () => {
  const copy = (name: string): string => {
    const path = join(room, name);
    rmSync(path, { recursive: true, force: true });
    cpSync(join(data, name), path, { recursive: true });
    return path;
  };

  test.each([
    ['v3_zstd', 'c/1/0', 'zstd'],
    ['v3_gzip', 'c/1/0', 'gzip'],
    ['v3_blosc_lz4', 'c/1/0', 'blosc'],
    ['v3_crc32c', 'c/1/0', 'crc32c'],
    ['v2_zlib', '1.0', 'zlib'],
    ['v2_lz4', '1.0', 'lz4'],
  ])('a damaged chunk of %s is named, with its codec', async (name, key, codec) => {
    const path = copy(name);
    const file = join(path, key);
    const bytes = readFileSync(file);
    for (const damage of [
      () => writeFileSync(file, bytes.subarray(0, bytes.length - 9)),
      () => writeFileSync(file, Buffer.concat([Buffer.alloc(16, 0xff), bytes.subarray(16)])),
    ]) {
      damage();
      const reading = read(await openZarr(path));
      await expect(reading).rejects.toThrow(new RegExp(`chunk ${key} of .*${name} is damaged.*${codec}`));
    }
  });

  test('an uncompressed chunk of another size is named with both sizes', async () => {
    const path = copy('v3_none');
    truncateSync(join(path, 'c/0/1'), 50);
    await expect(read(await openZarr(path))).rejects.toThrow(
      /chunk .*c\/0\/1 of .*v3_none is damaged: expected 96 bytes \(uncompressed\), found 50/,
    );
  });

  test('a damaged index of a shard is named', async () => {
    const path = copy('v3_sharded');
    const file = join(path, 'c/1/1');
    truncateSync(file, statSync(file).size - 1);
    await expect(read(await openZarr(path))).rejects.toThrow(
      /shard c\/1\/1 of .*v3_sharded is damaged: codec crc32c/,
    );
  });

  test('damaged metadata', async () => {
    const path = copy('v3_none');
    writeFileSync(join(path, 'zarr.json'), '{');
    await expect(openZarr(path)).rejects.toThrow(/v3_none is damaged: its metadata is no JSON/);
    writeFileSync(
      join(path, 'zarr.json'),
      readFileSync(join(data, 'v3_none/zarr.json'), 'utf8').replace(
        /"chunk_shape": \[\s*4/,
        '"chunk_shape": [ 0',
      ),
    );
    await expect(openZarr(path)).rejects.toThrow(/shape \[7,10\] and chunks \[0,6\] do not match/);
  });
});
