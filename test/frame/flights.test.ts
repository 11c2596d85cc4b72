/** The demo's answers, beside those of pandas (test/truth/flights.py). */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { busiest, daily } from '../../src/cli/demo/flights.js';
import { readCsv, readParquet } from '../../src/frame/index.js';

const data = (name: string): string =>
  fileURLToPath(new URL(`../../node_modules/vega-datasets/data/${name}`, import.meta.url));
const known = JSON.parse(readFileSync(new URL('../truth/flights.json', import.meta.url), 'utf8'));

const close = (rows: readonly Record<string, unknown>[]): unknown[] =>
  rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === 'number' && !Number.isInteger(value) ? expect.closeTo(value, 9) : value,
      ]),
    ),
  );

test('flights by airport and by day are as pandas has them', async () => {
  const flights = await readParquet(data('flights-3m.parquet'));
  const airports = await readCsv(data('airports.csv'));
  expect(await busiest(flights as never, airports as never).rows()).toEqual(close(known.busiest));
  const days = await daily(flights as never).rows();
  const text = days.map(({ day, ...rest }) => ({ day: (day as Date).toISOString().slice(0, 10), ...rest }));
  expect(text).toEqual(close(known.daily));
});
