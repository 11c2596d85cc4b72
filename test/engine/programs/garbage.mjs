// 120 MB that a user's function leaves lying about are garbage when another task needs the room: prints the sum of its blocks.
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalEngine, mapBlocks } from '../../../dist/esm/index.js';

const engine = new LocalEngine({ memoryLimit: '288MB', threads: 1 });
const blocks = (size, fill) => mapBlocks(fill, [], { shape: [size], chunks: [size], dtype: 'float64' });
const careless = blocks(8, (info) => {
  globalThis.kept = new Float64Array(15e6).fill(1);
  setImmediate(() => {
    delete globalThis.kept;
  });
  info.out.data.fill(1);
});
const large = blocks(14e6, (info) => {
  info.out.data.fill(3);
});
await careless.compute({ engine });
await sleep(60);
console.log(await large.sum().compute({ engine }));
await engine.dispose();
