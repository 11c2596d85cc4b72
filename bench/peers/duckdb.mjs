/** DuckDB by its own SQL and its own package: the very library that tilework uses, without tilework. */
import { DuckDBInstance, version } from '@duckdb/node-api';
import { ARGS, digest, measureParts } from '../harness.mjs';

const instance = await DuckDBInstance.create(':memory:', { threads: String(ARGS.threads) });
export const connection = await instance.connect();

/** A name for files of Parquet. */
export const view = (name, files) =>
  connection.run(`CREATE VIEW ${name} AS SELECT * FROM read_parquet('${files}')`);

/** Measures statements; their rows become objects, as tilework's do. */
export const measureSql = (statements) =>
  measureParts(
    Object.fromEntries(
      Object.entries(statements).map(([id, sql]) => [
        id,
        async () => digest((await connection.runAndReadAll(sql)).getRowObjectsJS().map(numbers)),
      ]),
    ),
    `DuckDB ${version()}`,
  );

const numbers = (row) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
  );
