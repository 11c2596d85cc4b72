// An array and a frame computed at the same time by one engine: prints both answers, those of each alone, and the peak resident size in bytes.
import {
  col,
  count,
  fromArray,
  LocalEngine,
  random,
  readParquet,
  useEngine,
} from '../../../dist/esm/index.js';
import { peakResident } from './peak.mjs';

const [directory, limit, partitions] = process.argv.slice(2);
const engine = new LocalEngine({ threads: 2, memoryLimit: Number(limit), spillDirectory: directory });
useEngine(engine);
const options = partitions === undefined ? {} : { partitions: Number(partitions) };

const rows = 5_000_000;
const path = `${directory}/rows.parquet`;
await fromArray(random.defaultRng(1).uniform(0, 1, [rows, 3], { chunks: [500_000, 3] }), [
  'a',
  'b',
  'c',
]).toParquet(path);
const frame = (await readParquet(path)).sort('a').withColumns({ falls: col('a').lt(col('a').shift(1)) });
/** 640 MB, of which the mean must be known before the deviations. */
const x = random.defaultRng(2).uniform(0, 1, [10_000, 8000], { chunks: [1000, 8000] });
const ofArray = async () => Number(await x.subtract(x.mean(0)).abs().max().compute());
const ofFrame = async () => {
  const [found] = await frame
    .agg({ n: count(), falls: col('falls').cast('int64').sum(), b: col('b').max(), c: col('c').min() })
    .rows(options);
  return found;
};
const [array, sorted] = await Promise.all([ofArray(), ofFrame()]);
const alone = [await ofArray(), await ofFrame()];
console.log(JSON.stringify({ together: [array, sorted], alone, rows, peak: peakResident() }));
await engine.dispose();
