/** The files that workloads read, made once and kept below .cache. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { build } from 'esbuild';
import { tpch } from '../scripts/tpch.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** Rows of a file of the tables with float64: what a partition of Dask should be. */
const PART_ROWS = 1_000_000;
const FLIGHTS_ROWS = 3_000_000;

/** A directory or file that `make` fills under another name before, so that it is whole or not there. */
async function once(home, make, log) {
  if (existsSync(home)) return home;
  log(`making ${path.basename(home)} …`);
  const partial = `${home}.partial`;
  rmSync(partial, { recursive: true, force: true });
  await make(partial);
  renameSync(partial, home);
  return home;
}

async function duckdb(use) {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await use(connection);
  connection.closeSync();
  instance.closeSync();
}

/** The Zarr store of temperatures, made by zarr-python. */
function temperature({ size, cache, peer, log }) {
  const home = path.join(cache, `temperature-${size.shape.join('x')}.zarr`);
  return once(home, (partial) => peer('make-store', { ...size, store: partial }), log);
}

/** The tables of TPC-H as the generator writes them, and the queries. */
const tpchTables = async ({ size, cache }) => ({ tables: tpch(size.scale), queries: await queries(cache) });

/** The same tables with decimals as float64 and dates as timestamps, in files of a million rows: what Dask and pandas are fast with. */
async function tpchFloatTables({ size, cache, log }) {
  const exact = tpch(size.scale);
  const tables = await once(
    path.join(cache, `tpch-sf${size.scale}-float`),
    (partial) =>
      duckdb(async (connection) => {
        for (const file of readdirSync(exact)) await floatTable(connection, path.join(exact, file), partial);
      }),
    log,
  );
  return { tables, queries: await queries(cache) };
}

async function floatTable(connection, file, home) {
  const columns = await connection.runAndReadAll(`DESCRIBE SELECT * FROM '${file}'`);
  const items = columns.getRowObjects().map(({ column_name, column_type }) => {
    const to =
      column_type === 'DATE' ? 'TIMESTAMP' : column_type.startsWith('DECIMAL') ? 'DOUBLE' : column_type;
    return `CAST(${column_name} AS ${to}) AS ${column_name}`;
  });
  const count = await connection.runAndReadAll(`SELECT count(*) FROM '${file}'`);
  const rows = Number(count.getRows()[0][0]);
  const directory = path.join(home, path.basename(file));
  mkdirSync(directory, { recursive: true });
  for (let from = 0, part = 0; from < rows; from += PART_ROWS, part++) {
    const some = `file_row_number >= ${from} AND file_row_number < ${from + PART_ROWS}`;
    const query = `SELECT ${items} FROM read_parquet('${file}', file_row_number = true) WHERE ${some}`;
    await connection.run(`COPY (${query}) TO '${path.join(directory, `${part}.parquet`)}'`);
  }
}

/** The queries that the tests have, as a module of JavaScript. */
async function queries(cache) {
  const outfile = path.join(cache, 'tpch-queries.mjs');
  await build({
    entryPoints: [path.join(ROOT, 'test', 'frame', 'tpch', 'index.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
    plugins: [
      {
        name: 'tilework',
        setup: ({ onResolve }) =>
          onResolve({ filter: /src\/frame\/index\.js$/ }, () => ({ path: 'tilework/frame', external: true })),
      },
    ],
  });
  return outfile;
}

/** Flights of vega-datasets, as many as are wanted, in files of equal size, and its airports. */
async function flights({ size: { rows, files = rows / FLIGHTS_ROWS }, cache, log }) {
  const entry = createRequire(import.meta.url).resolve('vega-datasets');
  const file = (name) => path.join(path.dirname(entry), '..', 'data', name);
  const source = file('flights-3m.parquet');
  const home = await once(
    path.join(cache, `flights-${rows}-${files}`),
    (partial) =>
      duckdb(async (connection) => {
        mkdirSync(partial, { recursive: true });
        for (let part = 0; part < files; part++) {
          const target = path.join(partial, `${String(part).padStart(2, '0')}.parquet`);
          if (rows / files === FLIGHTS_ROWS) copyFileSync(source, target);
          else await connection.run(`COPY (FROM '${source}' LIMIT ${rows / files}) TO '${target}'`);
        }
      }),
    log,
  );
  const airports = await once(
    path.join(cache, 'airports.parquet'),
    (partial) =>
      duckdb((connection) =>
        connection.run(`COPY (FROM read_csv('${file('airports.csv')}')) TO '${partial}' (FORMAT parquet)`),
      ),
    log,
  );
  return { flights: home, airports };
}

/** Some of the same flights as lines of JSON. */
function flightLines({ size: { rows }, cache, log }) {
  const entry = createRequire(import.meta.url).resolve('vega-datasets');
  const source = path.join(path.dirname(entry), '..', 'data', 'flights-3m.parquet');
  const home = path.join(cache, `flights-${rows}.jsonl`);
  const query = `FROM '${source}' LIMIT ${rows}`;
  const make = (partial) =>
    duckdb((connection) => connection.run(`COPY (${query}) TO '${partial}' (FORMAT json)`));
  return once(home, make, log);
}

const MAKERS = { temperature, tpch: tpchTables, tpchFloat: tpchFloatTables, flights, flightLines };

/** What a workload reads; undefined where it reads nothing. */
export const dataFor = ({ data }, settings) => data && MAKERS[data](settings);
