// Noon against midnight over a year of fields, 6 GB in 11,712 chunks of a Zarr store, under a memory limit of 512 MB, beside Dask.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  check,
  finish,
  gigabytes,
  inDirectory,
  measured,
  needDisk,
  peakUnder,
  reference,
} from './measured.mjs';

const LIMIT = 512e6;
const TIMES = 1464;
// The means are of numbers in [0, 1), near 0.5: what float32 can tell apart there, and no more, is 6e-8.
const TOLERANCE = 1e-6 * 0.5;

const cache = fileURLToPath(new URL('../../.cache/acceptance', import.meta.url));
const store = join(cache, `uniform-${TIMES}x721x1440.zarr`);
mkdirSync(cache, { recursive: true });
if (existsSync(store)) console.log(`the store is there already: ${store}`);
else {
  needDisk(cache, 8e9);
  const made = measured('make-temperatures.mjs', [store, String(TIMES)]);
  peakUnder(`writing ${gigabytes(made.answer.bytes)}`, made, LIMIT);
}
inDirectory((directory) => {
  const out = join(directory, 'difference.npy');
  const run = measured('zarr-means.mjs', [store, out]);
  peakUnder('x[::4].mean(0) - x[2::4].mean(0)', run, LIMIT);
  const dask = reference('bench', 'bench/requirements.txt', 'zarr-means.py', [store, out]);
  if (dask === undefined) return;
  const { values, off, seconds } = dask;
  const text = `${values} values, off by at most ${off.toExponential(1)}; it took ${seconds} s`;
  check("beside Dask's means in float64", off <= TOLERANCE, text);
});
finish();
