import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ARGS, SIZE } from '../harness.mjs';
import { measureSql, view } from './duckdb.mjs';

const SQL = path.resolve(import.meta.dirname, '..', '..', 'test', 'truth', 'tpch');

for (const entry of readdirSync(ARGS.data.tables, { withFileTypes: true }))
  await view(
    path.parse(entry.name).name,
    path.join(ARGS.data.tables, entry.name, entry.isDirectory() ? '*.parquet' : ''),
  );

const statements = readdirSync(SQL)
  .filter((file) => file.endsWith('.sql'))
  .sort()
  .map((file) => [
    path.parse(file).name,
    readFileSync(path.join(SQL, file), 'utf8').replace('$scale', SIZE.scale),
  ]);
await measureSql(Object.fromEntries(statements));
