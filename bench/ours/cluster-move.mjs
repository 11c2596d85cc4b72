import { random } from 'tilework';
import { client, measureParts, SIZE } from './harness.mjs';

const { blocks, megabytes } = SIZE;
const chunk = megabytes * 2 ** 17;

/** Calls of the scheduler's, which no program needs: it can have every worker get every block. */
const call = (op, fields = {}) => client.session.call(op, fields);

await measureParts(
  {
    move: async ({ numBlocks }) => {
      const keys = Object.keys(await call('who_has'));
      await call('replicate', { keys, n: 2 });
      const holders = Object.values(await call('who_has'));
      return [numBlocks[0], holders.filter((workers) => workers.length === 2).length];
    },
  },
  undefined,
  // Each block is on one worker.
  (seed) =>
    random
      .defaultRng(seed)
      .random([blocks * chunk], { chunks: [chunk] })
      .persist(),
);
