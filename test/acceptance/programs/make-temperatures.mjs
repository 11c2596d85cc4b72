// A year of six-hourly fields on a quarter-degree grid, float32 in chunks of (4, 200, 200): uniform random numbers.
import * as tw from 'tilework';

const [store, times] = process.argv.slice(2);
tw.configure({ memoryLimit: '512MB' });
const fields = tw.random
  .defaultRng(1464)
  .random([Number(times), 721, 1440], { chunks: [4, 721, 1440], dtype: 'float32' });
await tw.toZarr(fields, store, { chunks: [4, 200, 200] });
console.log(JSON.stringify({ bytes: fields.nbytes }));
