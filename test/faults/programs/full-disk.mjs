// Fills a small disk: by spilling, or by a target. Prints the error and what is left, then computes something small.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as tw from 'tilework';

const [what, disk] = process.argv.slice(2);
const spillDirectory = what === 'spill' ? join(disk, 'spill') : undefined;
const engine = new tw.LocalEngine({
  threads: 2,
  memoryLimit: '200MB',
  ...(spillDirectory ? { spillDirectory } : {}),
});
const noise = (megabytes) => tw.random.defaultRng(1).random([megabytes, 131_072], { chunks: [4, 131_072] });

const work = {
  // Every block is needed until the last: twice what memory holds, and more than the disk.
  spill: () => noise(300).persist({ engine }),
  zarr: () => tw.toZarr(noise(32), join(disk, 'out.zarr'), { engine }),
  npy: () => tw.toNpy(noise(32), join(disk, 'out.npy'), { engine }),
};
const error = await work[what]().then(
  () => undefined,
  (e) => ({ name: e.name, message: e.message, directory: e.directory, code: e.code }),
);
const after = await tw
  .ones([1000], { chunks: [10] })
  .sum()
  .compute({ engine });
// Files are removed off the main thread.
await delay(300);
const left = readdirSync(disk, { recursive: true });
await engine.dispose();
console.log(JSON.stringify({ error, left, after, end: readdirSync(disk, { recursive: true }) }));
