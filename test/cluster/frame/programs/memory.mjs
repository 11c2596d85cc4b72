// A group-by, a join and a sort of more than the workers' memory: prints what came, and the peak resident size of each worker.
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { col, connect, count, LocalCluster, readParquet } from '../../../../dist/esm/index.js';

const [dask, directory, limit, rows] = process.argv.slice(2);
const FILES = 8;
/** Rows of 56 bytes, about: two numbers of 8 bytes and a text of 32, whose place takes 8 more. */
async function makeData() {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '300MB' });
  const connection = await instance.connect();
  const each = Math.floor(Number(rows) / FILES);
  for (let file = 0; file < FILES; file++)
    await connection.run(
      `COPY (SELECT ((i * 2654435761) % ${2 ** 32})::BIGINT AS id, (i * 40009) % ${Math.floor(rows / 4)} AS k, md5(i::VARCHAR) AS text
       FROM range(${file * each}, ${(file + 1) * each}) r(i)) TO '${directory}/part-${file}.parquet' (FORMAT parquet, ROW_GROUP_SIZE 61440)`,
    );
  connection.closeSync();
  instance.closeSync();
  return each * FILES;
}
/** Workers are the children of what supervises them. */
const workersOf = (cluster) =>
  cluster.pids
    .slice(1)
    .map((pid) => Number.parseInt(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'), 10));
const peakOf = (pid) => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;

const made = await makeData();
const cluster = await LocalCluster({ workers: 2, memoryLimit: Number(limit), dask });
const engine = await connect(cluster.address, { asDefault: false });
const options = { engine, broadcastBytes: 0 };
const workers = workersOf(cluster);
const peaks = {};
const times = {};
const measured = async (name, work) => {
  const start = performance.now();
  const found = await work;
  times[name] = Math.round(performance.now() - start);
  peaks[name] = workers.map(peakOf);
  return found;
};
const frame = await readParquet(`${directory}/part-*.parquet`);
const groups = frame.groupBy('k').agg({ n: count(), last: col('text').max() });
const grouped = await measured(
  'groups',
  groups.agg({ groups: count(), n: col('n').sum(), size: col('last').str.length().sum() }).rows(options),
);
const joined = await measured(
  'join',
  frame
    .join(frame.select('id', { other: col('text') }), { on: 'id' })
    .agg({ n: count(), same: col('text').eq(col('other')).cast('int64').sum() })
    .rows(options),
);
await measured(
  'sort',
  frame.sort('id').toParquet(`${directory}/sorted`, { ...options, filePerPartition: true }),
);
const sorted = await readParquet(`${directory}/sorted`);
const falls = await sorted
  .select({ id: col('id') })
  .withColumns({ fall: col('id').lt(col('id').shift(1)) })
  .filter(col('fall'))
  .count();
console.log(JSON.stringify({ made, grouped, joined, sorted: await sorted.count(), falls, peaks, times }));
await engine.dispose();
await cluster.close();
