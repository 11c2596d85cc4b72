// Writes a frame until it is interrupted; says when it is in the middle of it.
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as tw from 'tilework';

const [what, path, flights] = process.argv.slice(2);
const engine = new tw.LocalEngine({ threads: 2, memoryLimit: '400MB' });
const frame = await tw.readParquet(flights, { engine });
const long = frame.join(frame.limit(200).select({ again: tw.col('delay') }), { how: 'cross' });
const work = {
  parquet: () => long.toParquet(path, { engine }),
  partitions: () => long.toParquet(path, { engine, partitionBy: 'origin' }),
  csv: () => long.toCsv(path, { engine }),
  arrow: () => long.toArrow(path, { engine }),
};
const done = work[what]().then(() => console.log('"finished"'));
while (readdirSync(dirname(path)).length === 0) await delay(20);
await delay(300);
console.log('"middle"');
await done;
