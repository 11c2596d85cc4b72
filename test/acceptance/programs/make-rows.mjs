// Files of rows in no order, made by DuckDB itself: numbers that are functions of the row's, so that sums are known.
import { statSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const { directory, rows, files, groups } = JSON.parse(process.argv[2]);
const instance = await DuckDBInstance.create(':memory:', {
  threads: '2',
  memory_limit: '1GB',
  preserve_insertion_order: 'false',
});
const connection = await instance.connect();
const each = rows / files;
for (let file = 0; file < files; file++)
  // A multiplier that is coprime to a power of two visits every number once.
  await connection.run(
    `COPY (SELECT ((i * 2654435761) % ${2 ** 32})::BIGINT AS id, (i * 1000003) % ${groups} AS key, (i % 1024)::DOUBLE AS x,
       repeat(md5(i::VARCHAR), 3) AS text
     FROM range(${file * each}, ${(file + 1) * each}) r(i)) TO '${directory}/rows-${file}.parquet' (FORMAT parquet, ROW_GROUP_SIZE 40960)`,
  );
await connection.run(
  `COPY (SELECT key * 2 AS key, key % 16 AS y FROM range(${groups / 2}) r(key)) TO '${directory}/other.parquet' (FORMAT parquet)`,
);
// What a join by key gives, by arithmetic on the numbers of rows: without files, and without a join.
const [join] = (
  await connection.runAndReadAll(
    `SELECT count(*)::DOUBLE AS n, sum(i % 1024)::DOUBLE AS x, sum(key // 2 % 16)::DOUBLE AS y
     FROM (SELECT i, (i * 1000003) % ${groups} AS key FROM range(${rows}) r(i)) WHERE key % 2 = 0`,
  )
).getRowObjectsJson();
let stored = 0;
for (let file = 0; file < files; file++) stored += statSync(`${directory}/rows-${file}.parquet`).size;
console.log(JSON.stringify({ stored, join }));
