import { fromZarr } from 'tilework';
import { ARGS, measure } from './harness.mjs';

await measure(async () => {
  const x = await fromZarr(ARGS.data);
  const difference = await x.slice('::4').mean(0).subtract(x.slice('2::4').mean(0)).compute();
  // the answer is a field of float32; its rows' sums in float64 are what is compared
  return difference.astype('float64').sum(1);
});
