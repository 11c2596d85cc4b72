import { ARGS } from '../harness.mjs';
import { measureSql, view } from './duckdb.mjs';

await view('flights', `${ARGS.data.flights}/*.parquet`);
await view('airports', ARGS.data.airports);
await measureSql({
  states:
    'SELECT state, count(*) AS n, avg(delay) AS delay, max(latitude) AS north FROM flights JOIN airports ON origin = iata GROUP BY state ORDER BY state',
});
