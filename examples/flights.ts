/**
 * Mean delays by airport, from several files: https://tutorial.dask.org/03_dask.delayed.html#exercise-parallelize-a-pandas-groupby-reduction
 * Each file is read and summed up by a task; what is small is joined.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { delayed } from 'tilework';

/** Of the npm package vega-datasets; the program runs from the root of the repository. */
const DATA = 'node_modules/vega-datasets/data/flights-20k.json';

interface Flight {
  readonly date: string;
  readonly delay: number;
  readonly origin: string;
}

/** CSV files, one for each month, of the 20,000 flights of a data set. */
async function makeFiles(folder: string): Promise<string[]> {
  const flights: readonly Flight[] = JSON.parse(await readFile(DATA, 'utf8'));
  const months = new Map<string, string[]>();
  for (const { date, origin, delay } of flights) {
    const month = date.slice(0, 7).replace('/', '-');
    if (!months.has(month)) months.set(month, ['origin,delay']);
    months.get(month)!.push(`${origin},${delay}`);
  }
  return Promise.all(
    [...months].map(async ([month, lines]) => {
      const file = join(folder, `${month}.csv`);
      await writeFile(file, lines.join('\n'));
      return file;
    }),
  );
}

type Sums = ReadonlyMap<string, { readonly total: number; readonly count: number }>;

const read = delayed(
  async (path: string) => {
    const { readFile } = await import('node:fs/promises');
    const lines = (await readFile(path, 'utf8')).split('\n').slice(1);
    return lines.map((line) => {
      const [origin, delay] = line.split(',');
      return { origin: origin!, delay: Number(delay) };
    });
  },
  { name: 'read' },
);

const sums = delayed(
  function sums(flights: readonly { readonly origin: string; readonly delay: number }[]): Sums {
    const byOrigin = new Map<string, { total: number; count: number }>();
    for (const { origin, delay } of flights) {
      const { total, count } = byOrigin.get(origin) ?? { total: 0, count: 0 };
      byOrigin.set(origin, { total: total + delay, count: count + 1 });
    }
    return byOrigin;
  },
  { name: 'sums' },
);

const means = delayed(
  (parts: readonly Sums[]) => {
    const byOrigin = new Map<string, { total: number; count: number }>();
    for (const [origin, part] of parts.flatMap((part) => [...part])) {
      const { total, count } = byOrigin.get(origin) ?? { total: 0, count: 0 };
      byOrigin.set(origin, { total: total + part.total, count: count + part.count });
    }
    return [...byOrigin].map(([origin, { total, count }]) => [origin, total / count] as const).sort();
  },
  { name: 'means' },
);

const folder = await mkdtemp(join(tmpdir(), 'tilework-flights-'));
try {
  const files = await makeFiles(folder);
  const delays = means(files.map((file) => sums(read(file))));
  console.log('files:', files.length, '- tasks:', delays.graph().size);
  const found = await delays.compute();
  console.log('airports:', found.length);
  console.log('mean delays:', JSON.stringify(Object.fromEntries(found)));
} finally {
  await rm(folder, { recursive: true });
}
