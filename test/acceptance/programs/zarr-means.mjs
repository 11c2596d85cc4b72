// The mean midnight less the mean noon, of a store of six-hourly fields.
import * as tw from 'tilework';

const [store, out] = process.argv.slice(2);
tw.configure({ memoryLimit: '512MB' });
const x = await tw.fromZarr(store);
await tw.toNpy(x.slice('::4').mean(0).subtract(x.slice('2::4').mean(0)), out);
console.log(JSON.stringify(tw.defaultEngine().stats()));
