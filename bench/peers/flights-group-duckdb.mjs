import { ARGS } from '../harness.mjs';
import { measureSql, view } from './duckdb.mjs';

await view('flights', `${ARGS.data.flights}/*.parquet`);
await measureSql({
  origins:
    'SELECT origin, count(*) AS n, avg(delay) AS mean, max(distance) AS farthest FROM flights WHERE delay > 0 GROUP BY origin ORDER BY n DESC, origin',
  days: "SELECT avg(delay) AS mean FROM flights GROUP BY origin, destination, date_trunc('day', date) ORDER BY mean DESC LIMIT 100",
});
