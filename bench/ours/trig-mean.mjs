import { cos, random, sin } from 'tilework';
import { measure, SIZE } from './harness.mjs';

await measure(() => {
  const { n, chunk } = SIZE;
  const x = random.defaultRng(42).random([n, n], { chunks: [chunk, chunk] });
  return sin(x).power(2).add(cos(x).power(2)).mean().compute();
});
