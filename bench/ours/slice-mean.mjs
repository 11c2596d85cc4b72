import { random } from 'tilework';
import { measure, SIZE } from './harness.mjs';

await measure(() => {
  const { n, chunk } = SIZE;
  const x = random.defaultRng(42).random([n, n], { chunks: [chunk, chunk] });
  return x
    .add(x.T)
    .slice('::2', `${n / 4}:`)
    .mean(1)
    .compute();
});
