/** What is wrong with files, and with what computes. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import * as tw from '../../../src/index.js';
import { refused, unknown, wrong, x } from './cases.js';

const directory = mkdtempSync(join(tmpdir(), 'tilework-errors-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const path = (name: string): string => join(directory, name);
writeFileSync(path('text'), 'not an array');
const data = (name: string): string => fileURLToPath(new URL(`../../data/io/${name}`, import.meta.url));

refused({
  files: [
    ['a missing npy file', () => tw.fromNpy(path('no.npy')), 'Error', path('no.npy'), 'no such file'],
    ['a file of another kind', () => tw.fromNpy(path('text')), 'Error', path('text'), 'npy format'],
    ['a directory', () => tw.fromNpy(directory), 'Error', directory, 'directory'],
    ['a missing npz file', () => tw.fromNpz(path('no.npz')), 'Error', path('no.npz'), 'no such file'],
    [
      'a missing member',
      () => tw.fromNpz(data('npy/stored.npz'), 'zz'),
      'Error',
      "'zz'",
      'it holds a, b, flags',
    ],
    ['one of several members', () => tw.fromNpz(data('npy/stored.npz')), 'Error', 'say which of a, b, flags'],
    ['a missing variable', () => tw.fromNetcdf(data('netcdf/packed.nc'), 'zz'), 'Error', "'zz'", 'scaled'],
    ['netCDF-4', () => tw.fromNetcdf(data('netcdf/hdf5.nc'), 'a'), 'Error', 'HDF5', 'nccopy'],
    ['a missing store', () => tw.fromZarr(path('no.zarr')), 'Error', path('no.zarr'), 'zarr.json or .zarray'],
    ['a group', () => tw.fromZarr(data('zarr/v3_group')), 'Error', 'group', 'path', 'climate/t'],
    ['an existing npy file', () => tw.toNpy(x, path('text')), 'Error', path('text'), 'overwrite: true'],
    ['an existing store', () => tw.toZarr(x, directory), 'Error', directory, 'overwrite: true'],
    ['a codec', () => tw.toZarr(x, path('c.zarr'), { codec: wrong('lzw') }), 'TypeError', '"lzw"', 'zstd'],
    [
      'an npy file of unknown size',
      () => tw.toNpy(unknown, path('u.npy')),
      'Error',
      'toNpy',
      'computeChunkSizes()',
    ],
    [
      'a Zarr store of unknown size',
      () => tw.toZarr(unknown, path('u.zarr')),
      'Error',
      'toZarr',
      'computeChunkSizes()',
    ],
    [
      'several arrays to fewer paths',
      () => tw.store([x, x], [path('s.npy')]),
      'RangeError',
      '2 arrays',
      'not 1',
    ],
    ['one array for several', () => tw.store(wrong(x), [path('s.npy')]), 'TypeError', 'store([x])'],
    [
      'several arrays to one path',
      () => tw.store([x, x], [path('s.npy'), path('./s.npy')]),
      'RangeError',
      'one path',
    ],
    [
      'several, one to what exists',
      () => tw.store([x, x], [path('s.npy'), directory]),
      'Error',
      directory,
      'overwrite',
    ],
    [
      'several, of unknown size',
      () => tw.store([unknown], [path('s.npy')]),
      'Error',
      'store',
      'computeChunkSizes()',
    ],
  ],
  running: [
    ['a result too large', () => tw.zeros([2 ** 31]).compute(), 'RangeError', '16.0 GiB', 'toZarr'],
    ['nothing to compute', () => tw.compute(wrong(7)), 'TypeError', 'compute takes', 'not number'],
    ['nothing to persist', () => tw.persist(wrong(null)), 'TypeError', 'persist takes', 'not null'],
    ['retries', () => x.compute({ retries: -1 }), 'RangeError', 'retries', '-1'],
    ['no threads', () => new tw.LocalEngine({ threads: 0 }), 'RangeError', 'threads', 'not 0'],
    ['a limit in words', () => new tw.LocalEngine({ memoryLimit: 'lots' }), 'TypeError', "'512MB'", '"lots"'],
    [
      'a limit too small',
      () => new tw.LocalEngine({ memoryLimit: '1MB' }),
      'MemoryLimitError',
      'least workable limit',
    ],
    [
      'settings that come late',
      () => [tw.defaultEngine(), tw.configure({})],
      'Error',
      'before the first',
      'useEngine',
    ],
  ],
});

it('leaves nothing behind of what was not written', () => {
  expect(readdirSync(directory)).toEqual(['text']);
});
