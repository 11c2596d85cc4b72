import { mkdir, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { col, count, type DataFrame, desc, LocalEngine, readCsv, readParquet } from '../../index.js';
import { type Day, drawDelays } from './chart.js';

export interface FlightsOptions {
  readonly memoryLimit?: string;
  /** Where the chart goes. */
  readonly directory?: string;
  readonly print?: (line: string) => void;
}

/** What pandas finds in the same data (`test/truth/flights.py`). */
const KNOWN = {
  flights: 3_000_000,
  days: 182,
  busiest: 'ORD',
  itsFlights: 166_341,
  itsMeanDelay: 9.27365472132547,
};

type Flights = {
  date: 'timestamp';
  delay: 'int64';
  distance: 'int64';
  origin: 'string';
  destination: 'string';
};
type Airports = { iata: 'string'; name: 'string'; city: 'string'; state: 'string' };

/** The busiest airports, with their names: how many flights left them, and how late. */
export const busiest = (flights: DataFrame<Flights>, airports: DataFrame<Airports>) =>
  flights
    .groupBy('origin')
    .agg({
      flights: count(),
      delay: col('delay').mean(),
      late: col('delay').gt(15).cast('float64').mean(),
    })
    .join(airports.select('iata', 'name', 'city', 'state'), { leftOn: 'origin', rightOn: 'iata' })
    .sort(desc('flights'), 'origin')
    .select('origin', 'city', 'state', 'flights', 'delay', 'late')
    .head(10);

/** Flights and mean delay of each day, and that of the seven days that end with it. */
export const daily = (flights: DataFrame<Flights>) =>
  flights
    .groupBy({ day: col('date').dt.truncate('day') })
    .agg({ flights: count(), delay: col('delay').mean() })
    .sort('day')
    .withColumns({
      week: col('delay')
        .mean()
        .over({ orderBy: 'day', rows: [-6, 0] }),
    });

/** Three million flights of 2001: the busiest airports, and how late flights were from day to day, as a chart. */
export async function flightsDemo(options: FlightsOptions = {}): Promise<boolean> {
  const { memoryLimit = '512MB', directory = 'out', print = console.log } = options;
  await using engine = new LocalEngine({ memoryLimit });
  const begin = performance.now();
  const flights = await readParquet<Flights>(dataFile('flights-3m.parquet'), { engine });
  const airports = await readCsv<Airports>(dataFile('airports.csv'), { engine });
  const top = busiest(flights, airports);
  print(`Three million flights and where they began, under a memory limit of ${memoryLimit}`);
  print(indented(await top.toText(10, { engine })));
  const [first] = await top.rows({ engine });
  const days = await daily(flights).rows({ engine });

  const chart = resolve(directory, 'delays.svg');
  await mkdir(directory, { recursive: true });
  await writeFile(chart, await drawDelays(days as unknown as Day[]));
  const total = days.reduce((sum, { flights: n }) => sum + Number(n), 0);
  const right =
    total === KNOWN.flights &&
    days.length === KNOWN.days &&
    first?.origin === KNOWN.busiest &&
    first.flights === KNOWN.itsFlights &&
    Math.abs((first.delay ?? 0) - KNOWN.itsMeanDelay) < 1e-9;
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  print(`  ${total} flights on ${days.length} days; as pandas finds it: ${right ? 'ok' : 'WRONG'}`);
  const peak = process.resourceUsage().maxRSS * 1024;
  print(`  ${seconds} s, peak memory ${(peak / 1e6).toFixed(0)} MB of ${memoryLimit}\n  chart: ${chart}`);
  return right;
}

/** A file of the npm package vega-datasets. */
const dataFile = (name: string): string =>
  fileURLToPath(new URL(`../data/${name}`, import.meta.resolve('vega-datasets')));

const indented = (text: string): string => text.replace(/^/gm, '  ');
