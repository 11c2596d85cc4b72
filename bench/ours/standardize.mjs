import { random } from 'tilework';
import { measure, SIZE } from './harness.mjs';

await measure(() => {
  const { n, chunk, row } = SIZE;
  const x = random.defaultRng(42).random([n, n], { chunks: [chunk, chunk] });
  const standard = x.subtract(x.mean(0)).divide(x.std(0));
  return row === undefined ? standard.sum().compute() : standard.slice(row).compute();
});
