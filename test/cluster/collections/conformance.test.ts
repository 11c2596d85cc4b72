/** Every recorded answer of NumPy, by Node workers on a real scheduler. */
import { test } from 'vitest';
import { type Chunking, halves, whole } from '../../array/conformance/chunkings.js';
import { attempt, book, expectNumPys } from '../../array/conformance/suite.js';
import { useCluster } from '../support/cluster.js';
import { describeWithDask } from '../support/scheduler.js';

/** How many groups of cases a test has, and how many results are computed at once: what a graph costs is paid once. */
const GROUPS = 30;
const BATCH = 2048;
const TIMEOUT_MS = 300_000;
/** Each case is cut in one of these ways, by turns: what the ways are good for has been seen on the local engine. */
const WAYS: readonly (readonly [string, Chunking])[] = [
  ['whole', whole],
  ['halves', halves],
];

await describeWithDask(`on a cluster, what NumPy ${book.numpy} answers`, (python) => {
  const on = useCluster(python, { config: { 'distributed.scheduler.worker-saturation': 'inf' } });
  const groups = Object.entries(book.groups);
  for (let from = 0; from < groups.length; from += GROUPS) {
    const some = groups.slice(from, from + GROUPS);
    const cases = some.flatMap(([, entries]) => entries);
    test(
      `${some[0]![0]} … ${some.at(-1)![0]} (${cases.length} cases)`,
      async () => {
        const attempts = cases.map((entry, i) => attempt(entry, WAYS[i % WAYS.length]!));
        await expectNumPys(attempts, on.engine, BATCH);
      },
      TIMEOUT_MS,
    );
  }
});
