// A sort, a group-by of many groups or a join over files many times larger than the memory limit; prints what a check needs.

import * as tw from 'tilework';
import { col, count, readParquet } from 'tilework/frame';

const { what, directory, spillDirectory, memoryLimit, partitions } = JSON.parse(process.argv[2]);
const engine = new tw.LocalEngine({ memoryLimit, spillDirectory, threads: 2 });
const options = { engine, ...(partitions && { partitions }) };
const rows = await readParquet(`${directory}/rows-*.parquet`, { engine });
const began = performance.now();

const work = {
  /** Every column is carried through the sort; what is looked at are the keys and the length of the text. */
  async sort() {
    const sorted = rows.sort('id').select('id', 'x', { size: col('text').str.length() });
    let n = 0;
    let [size, x, falls] = [0, 0, 0];
    let last = -(2n ** 63n);
    for await (const batch of sorted.batches(options)) {
      const [ids, xs, sizes] = batch.columns.map(({ values }) => values);
      for (let row = 0; row < batch.rows; row++) {
        if (ids[row] < last) falls += 1;
        last = ids[row];
        x += xs[row];
        size += Number(sizes[row]);
      }
      n += batch.rows;
    }
    return { n, size, x, falls };
  },
  async group() {
    const groups = rows.groupBy('key').agg({ n: count(), x: col('x').sum(), least: col('x').min() });
    const [answer] = await groups
      .agg({ groups: count(), n: col('n').sum(), x: col('x').sum(), most: col('n').max() })
      .rows(options);
    return answer;
  },
  async join() {
    const other = await readParquet(`${directory}/other.parquet`, { engine });
    const [answer] = await rows
      .join(other, { on: 'key' })
      .agg({ n: count(), x: col('x').sum(), y: col('y').sum() })
      .rows(options);
    return answer;
  },
};

const answer = await work[what]();
const seconds = (performance.now() - began) / 1000;
await engine.dispose();
console.log(
  JSON.stringify({ answer, seconds }, (_, value) => (typeof value === 'bigint' ? Number(value) : value)),
);
