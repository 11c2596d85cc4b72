// Works until it is interrupted; says when it is in the middle of it.
import { setTimeout as delay } from 'node:timers/promises';
import * as tw from 'tilework';

const [what, path, spillDirectory] = process.argv.slice(2);
const engine = new tw.LocalEngine({ threads: 2, memoryLimit: '250MB', spillDirectory });
const say = (line) => console.log(JSON.stringify(line));
const options = {
  engine,
  onProgress: ({ done, finished }) => {
    if (done > 3 && !finished) say('middle');
  },
};
const noise = (megabytes) => tw.random.defaultRng(1).random([megabytes, 131_072], { chunks: [4, 131_072] });

const work = {
  zarr: () => tw.toZarr(noise(8000), path, { ...options, chunks: [1, 8192] }),
  npy: () => tw.toNpy(noise(8000), path, options),
  // More than memory holds, again and again.
  spill: async () => {
    for (let seed = 0; ; seed++) {
      const held = await tw.random
        .defaultRng(seed)
        .random([300, 131_072], { chunks: [4, 131_072] })
        .persist({
          engine,
          onProgress: ({ spilled }) => {
            if (spilled > 0) say('middle');
          },
        });
      await held.sum().compute({ engine });
    }
  },
  // Holds an array on disk and does nothing.
  idle: async () => {
    const held = await noise(300).persist({ engine });
    say('middle');
    await delay(60_000);
    return held;
  },
};
await work[what]();
say('finished');
