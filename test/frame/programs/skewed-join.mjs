// A join in partitions whose one key has half of the rows of one side, with more rows than the memory limit holds: prints what came, and the peak resident size.
import { DuckDBInstance } from '@duckdb/node-api';
import { col, count, LocalEngine, readParquet } from '../../../dist/esm/index.js';
import { peakResident } from './peak.mjs';

const [directory, limit, rows] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '200MB' });
const connection = await instance.connect();
const text = 'repeat(md5(i::VARCHAR), 3) AS text';
for (const [name, key] of [
  ['left', 'CASE WHEN i % 2 = 0 THEN 7 ELSE i END'],
  ['right', 'i'],
])
  await connection.run(
    `COPY (SELECT (${key})::BIGINT AS key, ${text} FROM range(${rows}) r(i)) TO '${directory}/${name}.parquet' (FORMAT parquet)`,
  );
connection.closeSync();
instance.closeSync();
const engine = new LocalEngine({ threads: 2, memoryLimit: Number(limit), spillDirectory: directory });
const [left, right] = await Promise.all(
  ['left', 'right'].map((name) => readParquet(`${directory}/${name}.parquet`, { engine })),
);
const [found] = await left
  .join(right, { on: 'key' })
  .agg({
    n: count(),
    hot: count().where(col('key').eq(7)),
    size: col('text').str.length().sum(),
    other: col('text_right').str.length().sum(),
  })
  .rows({ engine, partitions: 8, broadcastBytes: 0 });
console.log(JSON.stringify({ ...found, peak: peakResident() }));
await engine.dispose();
