import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  arange,
  compute,
  fromZarr,
  LocalEngine,
  mapBlocks,
  progressBar,
  type TileArray,
  toZarr,
} from '../../index.js';
import { coastlines } from './coastlines.js';
import { drawMap } from './map.js';
import { rasterize } from './rasterize.js';

export interface DemoOptions {
  /** Cells a degree: 120 makes a grid of 21,600 × 43,200 cells. */
  readonly cells?: number;
  readonly memoryLimit?: string;
  /** Where the store and the map go. */
  readonly directory?: string;
  readonly print?: (line: string) => void;
}

/** What the world knows, in percent of the surface, to a percent or so (ice shelves count as land for some): Earth, its north, its south. */
const KNOWN = { earth: 29, north: 39, south: 19 };

/**
 * How much of the Earth is land: coastlines are rasterised block by block by a function that runs in the threads, written
 * to a Zarr store, and read back for the areas (cells shrink with the cosine of the latitude) and a map.
 */
export async function landDemo(options: DemoOptions = {}): Promise<boolean> {
  const { cells = 120, memoryLimit = '256MB', directory = 'out', print = console.log } = options;
  const [rows, columns] = [180 * cells, 360 * cells];
  const store = resolve(directory, 'land.zarr');
  const picture = resolve(directory, 'land.png');
  const million = (n: number) => `${(n / 1e6).toFixed(0)} million`;
  const edges = await coastlines();
  print(
    `A grid of ${rows} × ${columns} (${million(rows * columns)}) cells under a memory limit of ${memoryLimit}`,
  );

  await using engine = new LocalEngine({ memoryLimit });
  const begin = performance.now();
  const land = mapBlocks(rasterize, [], {
    shape: [rows, columns],
    chunks: [cells, columns],
    dtype: 'bool',
    captured: { edges, cells },
  });
  await rm(store, { recursive: true, force: true });
  await toZarr(land, store, {
    engine,
    chunks: [cells, cells * 60],
    onProgress: progressBar('rasterise'),
  });

  const stored = (await fromZarr(store)) as TileArray<'bool'>;
  const latitude = arange(rows, { chunks: cells }).add(0.5).divide(-cells).add(90);
  const area = latitude.radians().cos();
  const landArea = stored.sum(1).multiply(area);
  const half = rows / 2;
  const share = (range: string) =>
    landArea.slice(range).sum().divide(area.slice(range).sum().multiply(columns)).multiply(100);
  const thin = `::${cells / 4}`;
  const [earth, north, south, map] = await compute(
    [share(':'), share(`:${half}`), share(`${half}:`), stored.slice(thin, thin)],
    { engine, onProgress: progressBar('areas and map') },
  );
  await drawMap(map as never, picture);

  const peakResident = process.resourceUsage().maxRSS * 1024;
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  const rowsOf = { earth, north, south } as unknown as Record<keyof typeof KNOWN, number>;
  let right = true;
  for (const [name, known] of Object.entries(KNOWN)) {
    const found = rowsOf[name as keyof typeof KNOWN];
    const close = Math.abs(found - known) <= 1;
    right &&= close;
    print(
      `  ${name.padEnd(6)} ${found.toFixed(2)} % land (known: about ${known} %) ${close ? 'ok' : 'WRONG'}`,
    );
  }
  print(
    `  ${seconds} s, peak memory ${(peakResident / 1e6).toFixed(0)} MB of ${memoryLimit}; ${million(rows * columns)} bytes of data`,
  );
  print(`  store: ${store}\n  map:   ${picture}`);
  return right;
}
