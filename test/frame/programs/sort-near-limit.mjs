// A sort of files whose row groups are of DuckDB's own size, which one statement has no memory for, or in few partitions: prints what came, and the peak resident size.
import { DuckDBInstance } from '@duckdb/node-api';
import { col, LocalEngine, readParquet } from '../../../dist/esm/index.js';
import { peakResident } from './peak.mjs';

const [directory, limit, rows, partitions, repeats = 3] = process.argv.slice(2);
// A row group of the source is read whole: of wide rows it has few.
const groupRows = Number(repeats) > 3 ? 2048 : 122_880;
const instance = await DuckDBInstance.create(':memory:', {
  threads: '1',
  memory_limit: '200MB',
  preserve_insertion_order: 'false',
});
const connection = await instance.connect();
await connection.run(
  `COPY (SELECT ((i * 2654435761) % ${2 ** 32})::BIGINT AS id, (i % 1024)::DOUBLE AS x, repeat(md5(i::VARCHAR), ${repeats}) AS text
   FROM range(${rows}) r(i)) TO '${directory}/rows.parquet' (FORMAT parquet, ROW_GROUP_SIZE ${groupRows})`,
);
connection.closeSync();
instance.closeSync();
const engine = new LocalEngine({ threads: 2, memoryLimit: Number(limit), spillDirectory: directory });
const options = partitions === undefined ? { engine } : { engine, partitions: Number(partitions) };
const sorted = (await readParquet(`${directory}/rows.parquet`, { engine })).sort('id');
let [n, falls, size, last] = [0, 0, 0, -1n];
for await (const { rows: some, columns } of sorted
  .withColumns({ text: col('text').str.length() })
  .batches(options)) {
  const [ids, , sizes] = columns.map(({ values }) => values);
  for (let row = 0; row < some; row++) {
    if (ids[row] < last) falls += 1;
    last = ids[row];
    size += Number(sizes[row]);
  }
  n += some;
}
await sorted.toParquet(`${directory}/sorted.parquet`, options);
const written = await readParquet(`${directory}/sorted.parquet`, { engine });
const again = await written
  .withColumns({ fall: col('id').lt(col('id').shift(1)) })
  .filter(col('fall'))
  .count({ engine });
console.log(
  JSON.stringify({
    n,
    falls,
    size,
    written: await written.count({ engine }),
    again,
    peak: peakResident(),
  }),
);
await engine.dispose();
