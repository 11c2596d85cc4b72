// 120 MB that a user's function leaves lying about are garbage when another task needs the room: prints the sum of its blocks.
import { LocalEngine, mapBlocks } from '../../../dist/esm/index.js';

const engine = new LocalEngine({ memoryLimit: '288MB', threads: 1 });
const blocks = (size, fill) => mapBlocks(fill, [], { shape: [size], chunks: [size], dtype: 'float64' });
const careless = blocks(8, (info) => {
  info.out.data.fill(new Float64Array(15e6).fill(1)[7]);
});
const large = blocks(9e6, (info) => {
  info.out.data.fill(3);
});
await careless.compute({ engine });
console.log(await large.sum().compute({ engine }));
await engine.dispose();
