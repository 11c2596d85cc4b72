/**
 * Measures tilework beside Dask, NumPy, Polars and DuckDB in one run on this machine.
 *
 *     npm run bench -- [workloads or groups] [--small] [--rounds n] [--threads n] [--wheel-blas] [--table] [--write]
 *
 * --small       small arrays: to see that everything runs
 * --rounds n    fresh processes a side (3)
 * --wheel-blas  ours uses the OpenBLAS of NumPy's wheel too (by TILEWORK_OPENBLAS)
 * --table       measures nothing: prints the newest run of each workload at this size
 * --write       puts the table into docs/performance.md
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CANNOT, VenvError, venv } from '../scripts/venv.mjs';
import { keep, kept } from './kept.mjs';
import { measure } from './measure.mjs';
import { markdown, writeBetween } from './report.mjs';
import { sides, wheelBlas } from './sides.mjs';
import { select } from './workloads.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      small: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '3' },
      threads: { type: 'string', default: '2' },
      'wheel-blas': { type: 'boolean', default: false },
      table: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  const workloads = select(positionals);
  const cache = path.join(ROOT, '.cache', 'bench');
  mkdirSync(cache, { recursive: true });
  const settings = {
    sizeName: values.small ? 'small' : 'full',
    threads: Number(values.threads),
    rounds: Number(values.rounds),
    cache,
    log: (line) => console.error(line),
  };
  const results = values.table ? kept(workloads, settings) : await measured(workloads, values, settings);
  const text = markdown(results, settings);
  console.log(text);
  if (values.write) writeBetween(path.join(ROOT, 'docs', 'performance.md'), text);
}

/** With Dask's scheduler and workers; where frames are compared, with what those need. */
const pythonOfCluster = ({ data }) =>
  data
    ? venv('bench-cluster', 'bench/requirements-cluster.txt')
    : venv('cluster', 'test/cluster/requirements.txt');

/** The results of workloads, each of which is kept as soon as it is there. */
async function measured(workloads, values, settings) {
  const python = venv('bench', 'bench/requirements.txt');
  const results = [];
  for (const workload of workloads) {
    const started = workload.cluster ? pythonOfCluster(workload) : python;
    const blas = values['wheel-blas'] ? wheelBlas(started) : undefined;
    results.push(await measure(workload, { ...settings, ...sides({ python: started, blas }) }));
    keep(results.at(-1), settings);
  }
  return results;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof VenvError ? `bench not run: ${error.message}` : error.message);
  process.exitCode = error instanceof VenvError ? CANNOT : 1;
}
