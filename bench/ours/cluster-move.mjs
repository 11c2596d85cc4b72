import { persist, random } from 'tilework';
import { client, measureParts, SIZE } from './harness.mjs';

const { blocks, megabytes } = SIZE;
const chunk = megabytes * 2 ** 17;
// Each block is on one worker.
const [held] = await persist([random.defaultRng(0).random([blocks * chunk], { chunks: [chunk] })]);

/** Calls of the scheduler's, which no program needs: it can have every worker get every block. */
const call = (op, fields = {}) => client.session.call(op, fields);

await measureParts({
  move: async () => {
    const keys = Object.keys(await call('who_has'));
    await call('replicate', { keys, n: 2 });
    const holders = Object.values(await call('who_has'));
    return [held.numBlocks[0], holders.filter((workers) => workers.length === 2).length];
  },
});
