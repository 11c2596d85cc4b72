// A join in partitions whose one key has many rows on both sides, so that most of what it gives is their product, which no memory holds: prints what came, and the peak resident size.
import { col, count, fromColumns, LocalEngine, readParquet } from '../../../dist/esm/index.js';
import { peakResident } from './peak.mjs';

const [directory, limit, hot] = process.argv.slice(2);
const engine = new LocalEngine({ threads: 2, memoryLimit: Number(limit), spillDirectory: directory });
const side = (name) =>
  fromColumns({
    key: Int32Array.from({ length: 2 * hot }, (_, i) => (i % 2 === 0 ? 7 : 1000 + i)),
    [name]: Array.from({ length: 2 * hot }, (_, i) => `${name} ${'.'.repeat(400)} ${i}`),
  });
const joined = side('left').join(side('right'), { on: 'key' });
const how = { engine, partitions: 4, broadcastBytes: 0 };
const [sums] = await joined
  .agg({ n: count(), hot: count().where(col('key').eq(7)), size: col('left').str.length().sum() })
  .rows(how);
const path = `${directory}/product.parquet`;
await joined.toParquet(path, how);
const written = await (await readParquet(path, { engine })).count({ engine });
console.log(JSON.stringify({ ...sums, written, peak: peakResident() }));
await engine.dispose();
