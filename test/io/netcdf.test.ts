import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { netcdfInfo, openNetcdf } from '../../src/io/netcdf/open.js';
import type { DType } from '../../src/kernels/dtype.js';
import { pickPart, read } from './run.js';

const data = join(import.meta.dirname, '../data/io/netcdf');
interface Truth {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly raw: readonly (number | string)[];
  readonly values: readonly (number | string)[];
}
const truth = JSON.parse(readFileSync(join(data, 'truth.json'), 'utf8')) as Record<
  string,
  Record<string, Truth>
>;
const room = mkdtempSync(join(tmpdir(), 'tilework-netcdf-'));
afterAll(() => rmSync(room, { recursive: true }));

const numbers = (values: readonly (number | string)[], dtype: DType): (number | bigint)[] =>
  values.map((v) => (dtype === 'int64' || dtype === 'uint64' ? BigInt(v) : Number(v)));

describe.each(Object.keys(truth))('%s', (file) => {
  test.each(Object.keys(truth[file]!))('%s', async (name) => {
    const { dtype, shape, raw, values } = truth[file]![name]!;
    const stored = openNetcdf(join(data, file), name, { raw: true });
    expect(stored).toMatchObject({ dtype, shape });
    expect([...(await read(stored))]).toEqual(numbers(raw, dtype));
    const source = openNetcdf(join(data, file), name);
    expect([...(await read(source))]).toEqual(numbers(values, source.dtype));
  });
});

describe('dtypes of what is unpacked', () => {
  test.each([
    ['scaled', 'float64'],
    ['scale_only', 'float64'],
    ['offset_only', 'float64'],
    ['filled', 'float64'],
    ['floats', 'float32'],
    ['several', 'float32'],
  ])('%s: %s', (name, dtype) => {
    expect(openNetcdf(join(data, 'packed.nc'), name).dtype).toBe(dtype);
  });
});

test('any region of a variable in records, beside others', async () => {
  for (const name of ['wide', 'odd']) {
    const source = openNetcdf(join(data, 'classic.nc'), name);
    const all = numbers(truth['classic.nc']![name]!.values, source.dtype);
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
  }
});

test('a whole multi-step region of packed integers unpacks in place', async () => {
  const source = openNetcdf(join(data, 'packed.nc'), 'scaled');
  const values = truth['packed.nc']!.scaled!.values;
  const part = { start: [1], step: [2], count: [3] };
  expect([...(await read(source, part))]).toEqual([values[1], values[3], values[5]].map(Number));
});

test('info: dimensions, attributes, variables', () => {
  const info = netcdfInfo(join(data, 'classic.nc'));
  expect(info.format).toBe('classic');
  expect(info.attributes).toEqual({ title: 'a small file' });
  expect(info.dimensions).toEqual([
    { name: 'time', length: 4, unlimited: true },
    { name: 'y', length: 3, unlimited: false },
    { name: 'x', length: 5, unlimited: false },
  ]);
  const variable = (name: string) => info.variables.find((v) => v.name === name);
  expect(variable('time')).toEqual({
    name: 'time',
    dtype: 'int32',
    shape: [4],
    dimensions: ['time'],
    attributes: { units: 'days since 2000-01-01', levels: [1.5, 2.5] },
  });
  expect(variable('name')).toMatchObject({ dtype: 'char', shape: [5] });
  expect(netcdfInfo(join(data, 'offset64.nc')).format).toBe('64-bit offset');
  expect(netcdfInfo(join(data, 'data64.nc')).format).toBe('64-bit data');
});

describe('what is refused', () => {
  const classic = join(data, 'classic.nc');

  test('a variable that is not there, or is text', () => {
    expect(() => openNetcdf(classic, 'q')).toThrow(/classic\.nc has no variable 'q'; it has b, s, i,/);
    expect(() => openNetcdf(classic, 'name')).toThrow(/classic\.nc\[name\] has dtype char \(text\)/);
  });

  test('other formats', () => {
    expect(() => openNetcdf(join(data, 'hdf5.nc'), 'x')).toThrow(/hdf5\.nc is a netCDF-4 file \(HDF5\)/);
    expect(() => openNetcdf(join(data, 'truth.json'), 'x')).toThrow(/truth\.json is not a netCDF-3 file/);
  });

  test('a file cut off anywhere: an error, never other values', () => {
    const bytes = readFileSync(classic);
    const path = join(room, 'cut.nc');
    for (let length = 0; length < bytes.length; length += 37) {
      writeFileSync(path, bytes.subarray(0, length));
      expect(() => openNetcdf(path, 'wide')).toThrow(/cut\.nc.* is (not a|no whole|truncated)/);
    }
    writeFileSync(path, bytes.subarray(0, bytes.length - 40));
    expect(() => openNetcdf(path, 'wide')).toThrow(
      /cut\.nc\[wide\] is truncated: expected \d+ bytes of the file, found/,
    );
  });

  test('a header of nonsense', () => {
    const path = join(room, 'nonsense.nc');
    const bytes = readFileSync(classic);
    for (let at = 4; at < 200; at += 4) {
      const damaged = Buffer.from(bytes);
      damaged.writeUInt32BE(0xfffffff0, at);
      writeFileSync(path, damaged);
      // Most positions hold counts, lengths and tags; names and values may be anything.
      try {
        netcdfInfo(path);
      } catch (error) {
        expect((error as Error).message).toMatch(/nonsense\.nc is no whole netCDF file/);
      }
    }
  });
});

const era = join(import.meta.dirname, '../../../shared/data/eraint_uvz.nc');
const title = existsSync(era) ? '' : ' (skipped: ../shared/data is not here)';
test.skipIf(!existsSync(era))(`ERA-Interim winds${title}`, async () => {
  const z = openNetcdf(era, 'z');
  expect(z).toMatchObject({ dtype: 'float64', shape: [2, 3, 241, 480] });
  // netCDF4-python: z[1, 2, 100, 200], u.mean(), v.std(), level[:]
  const one = await read(z, { start: [1, 2, 100, 200], step: [1, 1, 1, 1], count: [1, 1, 1, 1] });
  expect(one[0]).toBe(15021.20012360374);
  const mean = (a: Float64Array) => a.reduce((x, y) => x + y, 0) / a.length;
  const u = (await read(openNetcdf(era, 'u'))) as Float64Array;
  expect(mean(u)).toBeCloseTo(6.941047864317107, 10);
  const v = (await read(openNetcdf(era, 'v'))) as Float64Array;
  const m = mean(v);
  expect(Math.sqrt(mean(v.map((x) => (x - m) ** 2)))).toBeCloseTo(2.7850907444831527, 10);
  expect([...(await read(openNetcdf(era, 'level')))]).toEqual([200, 500, 850]);
});
