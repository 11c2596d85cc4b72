import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ARGS, SIZE } from '../harness.mjs';
import { measureSql, view } from './duckdb.mjs';

const SQL = path.resolve(import.meta.dirname, '..', '..', 'test', 'truth', 'tpch');

for (const file of readdirSync(ARGS.data.tables))
  await view(path.parse(file).name, path.join(ARGS.data.tables, file));

const statements = readdirSync(SQL)
  .filter((file) => file.endsWith('.sql'))
  .sort()
  .map((file) => [
    path.parse(file).name,
    readFileSync(path.join(SQL, file), 'utf8').replace('$scale', SIZE.scale),
  ]);
await measureSql(Object.fromEntries(statements));
