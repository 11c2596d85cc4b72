import { bag } from 'tilework/bag';
import { ARGS, measureParts } from './harness.mjs';

const flights = () => bag.readText(ARGS.data, { blockSize: '32MiB' }).map((line) => JSON.parse(line));
/** What answers are compared by: how many pairs, and what their numbers add up to, by twice. */
const digest = (pairs) => [
  pairs.length,
  pairs.reduce((sum, [, n]) => sum + n, 0),
  pairs.reduce((sum, [key, n]) => sum + n * key.charCodeAt(0), 0),
];

await measureParts({
  frequencies: async () =>
    digest(
      await flights()
        .filter(({ delay }) => delay > 15)
        .pluck('origin')
        .frequencies()
        .compute(),
    ),
  foldBy: async () =>
    digest(
      await flights()
        .foldBy('origin', (sum, { delay }) => sum + delay, {
          initial: 0,
          combine: (a, b) => a + b,
          combineInitial: 0,
        })
        .compute(),
    ),
});
