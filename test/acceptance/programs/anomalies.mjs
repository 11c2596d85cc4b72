// Random numbers less the means of their columns: every block is needed twice, the second time when all were there once.
import * as tw from 'tilework';

const { seed, shape, chunks, memoryLimit, spillDirectory } = JSON.parse(process.argv[2]);
tw.configure({ memoryLimit, spillDirectory });
const began = performance.now();
const x = tw.random.defaultRng(seed).random(shape, { chunks });
const y = x.subtract(x.mean(0));
const [std, column, squares] = await tw.compute([y.std(), y.mean(0).abs().max(), y.square().sum()]);
const seconds = (performance.now() - began) / 1000;
console.log(
  JSON.stringify({ bytes: x.nbytes, std, column, squares, seconds, stats: tw.defaultEngine().stats() }),
);
