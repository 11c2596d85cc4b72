import { persist, random } from 'tilework';
import { ARGS, measure, SIZE } from './harness.mjs';

const { n, chunk } = SIZE;
const ones = (count) => Array(count).fill(1);
const corner = ({ data }, { out }) => {
  out.data[0] = data[data.length - 1];
};

// An array for each run: what was moved once is there already.
const arrays = await persist(
  Array.from({ length: ARGS.runs + 1 }, (_, seed) =>
    random.defaultRng(seed).random([n, n], { chunks: [chunk, n] }),
  ),
);

// Every block of the outcome takes something of every block there was.
await measure(() => {
  const columns = arrays.pop().rechunk([n, chunk]);
  return columns
    .mapBlocks(corner, { chunks: [[1], ones(n / chunk)] })
    .sum()
    .compute();
});
