// Random arrays of eight times the memory limit: what needs every block twice, and what must not run ahead, beside Dask.
import { tmpdir } from 'node:os';
import {
  allClose,
  check,
  close,
  empty,
  finish,
  gigabytes,
  inDirectory,
  measured,
  needDisk,
  peakUnder,
  reference,
} from './measured.mjs';

const LIMIT = 512e6;
const memoryLimit = '512MB';
const dask = (name, args) => reference('bench', 'bench/requirements.txt', name, [args]);

function run(name, seed, shape, chunks, compare) {
  inDirectory((spillDirectory) => {
    const args = JSON.stringify({ seed, shape, chunks, memoryLimit, spillDirectory });
    const result = measured(`${name}.mjs`, [args]);
    const { bytes, seconds, stats } = result.answer;
    check(`${name}: size`, bytes >= 8 * LIMIT, `${gigabytes(bytes)} in ${seconds.toFixed(1)} s`);
    peakUnder(name, result, LIMIT);
    empty(`${name}: the spill directory afterwards`, spillDirectory);
    compare(result.answer, stats.spill.written, dask(`${name}.py`, args));
  });
}

needDisk(tmpdir(), 6e9);

// Each block spans all columns, so none can be dropped until the last has been drawn.
run('anomalies', 4, [64_000, 8000], [250, 8000], (ours, spilled, expected) => {
  check('anomalies: blocks on disk', spilled > 3e9, `${gigabytes(spilled)} written`);
  check('anomalies: means of columns', ours.column < 1e-14, `at most ${ours.column.toExponential(1)}`);
  if (expected === undefined) return;
  close('anomalies: standard deviation', ours.std, expected.std, 1e-12, true);
  close('anomalies: sum of squares', ours.squares, expected.squares, 1e-12, true);
});

// In a good order each pair of blocks is gone before the next is drawn.
run('tall', 5, [4_000_000, 64], [25_000, 64], (ours, spilled, expected) => {
  check('tall: nothing on disk', spilled === 0, `${gigabytes(spilled)} written`);
  if (expected !== undefined) allClose('tall: A.T.dot(B) - B.mean(0)', ours.result, expected.result, 1e-12);
});

finish();
