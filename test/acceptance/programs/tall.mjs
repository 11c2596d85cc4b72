// A.T.dot(B) - B.mean(0): a scheduler that runs ahead keeps all blocks of B.
import * as tw from 'tilework';

const { seed, shape, chunks, memoryLimit, spillDirectory } = JSON.parse(process.argv[2]);
tw.configure({ memoryLimit, spillDirectory });
const began = performance.now();
const rng = tw.random.defaultRng(seed);
const a = rng.random(shape, { chunks });
const b = rng.random(shape, { chunks });
const result = await a.T.dot(b).subtract(b.mean(0)).compute();
const seconds = (performance.now() - began) / 1000;
console.log(
  JSON.stringify({
    bytes: a.nbytes + b.nbytes,
    result: result.toArray(),
    seconds,
    stats: tw.defaultEngine().stats(),
  }),
);
