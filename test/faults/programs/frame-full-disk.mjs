// Fills a small disk by a frame: by spilling, or by what is written. Prints the error and what is left, then computes something small.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as tw from 'tilework';

const [what, disk, flights] = process.argv.slice(2);
const engine = new tw.LocalEngine({
  threads: 2,
  // Every folder that is open has its buffers.
  memoryLimit: what === 'partitions' ? '700MB' : '250MB',
  ...(what === 'spill' ? { spillDirectory: join(disk, 'spill') } : {}),
});
const frame = await tw.readParquet(flights, { engine });
const work = {
  spill: () => frame.sort('destination', 'origin', 'date').slice(2_000_000).rows({ engine }),
  parquet: () => frame.toParquet(join(disk, 'out.parquet'), { engine, compression: 'none' }),
  parts: () => frame.toParquet(join(disk, 'out'), { engine, compression: 'none', fileSize: '1MB' }),
  partitions: () =>
    frame.toParquet(join(disk, 'out'), { engine, partitionBy: 'origin', compression: 'none' }),
  csv: () => frame.toCsv(join(disk, 'out.csv'), { engine }),
  json: () => frame.toJson(join(disk, 'out.jsonl'), { engine }),
  arrow: () => frame.toArrow(join(disk, 'out.arrow'), { engine }),
};
const error = await work[what]().then(
  () => undefined,
  (e) => ({ name: e.name, message: e.message, path: e.path, directory: e.directory }),
);
const left = readdirSync(disk, { recursive: true });
const after = await frame.count({ engine });
await engine.dispose();
console.log(JSON.stringify({ error, left, after, end: readdirSync(disk, { recursive: true }) }));
