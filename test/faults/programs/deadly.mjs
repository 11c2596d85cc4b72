// One computation kills the threads it runs in, another goes on beside it, a third comes after.
import * as tw from 'tilework';

const [how] = process.argv.slice(2);
const engine = new tw.LocalEngine({ threads: 2, memoryLimit: '400MB' });

const functions = {
  exit: (block, info) => {
    if (info.blockIndex[0] === 1) process.exit(3);
    return block.data;
  },
  heap: (block, info) => {
    if (info.blockIndex[0] === 1)
      for (const hoard = []; ; ) hoard.push(new Array(1e5).fill(0.5 + hoard.length));
    return block.data;
  },
};

const x = tw.arange(1000, undefined, 1, { chunks: [100] });
const bad = tw.mapBlocks(functions[how], [x]);
const slow = tw.mapBlocks(
  (block) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    return block.data;
  },
  [x],
);
const [died, other] = await Promise.allSettled([
  bad.sum().compute({ engine }),
  slow.sum().compute({ engine }),
]);
const after = await tw
  .ones([1000], { chunks: [10] })
  .sum()
  .compute({ engine });
const { name, message, key } = died.reason ?? {};
const deadly = [...bad.graph().keys()];
const { held } = engine.stats().tasks;
console.log(JSON.stringify({ name, message, key, deadly, other: other.value, after, held }));
await engine.dispose();
