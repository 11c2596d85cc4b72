import { random } from 'tilework';
import { measure, SIZE } from './harness.mjs';

const { n, chunk } = SIZE;
const ones = (count) => Array(count).fill(1);
const corner = ({ data }, { out }) => {
  out.data[0] = data[data.length - 1];
};

await measure(
  // Every block of the outcome takes something of every block there was.
  (rows) => {
    const columns = rows.rechunk([n, chunk]);
    return columns
      .mapBlocks(corner, { chunks: [[1], ones(n / chunk)] })
      .sum()
      .compute();
  },
  // An array for each run: what was moved once is there already.
  (seed) =>
    random
      .defaultRng(seed)
      .random([n, n], { chunks: [chunk, n] })
      .persist(),
);
