/** Every recorded case of frames on a cluster, many at once: the answers of pandas, Polars and DuckDB, from two workers. */
import { expect, test } from 'vitest';
import { failuresOf, groups } from '../../frame/cases.js';
import { describeWithDask } from '../support/scheduler.js';
import { clusterOf } from './cluster.js';

const AT_ONCE = 12;

await describeWithDask('recorded cases of frames', (dask) => {
  const world = clusterOf(dask, 2);

  test.each(Object.entries(groups))(
    '%s',
    async (_group, cases) => {
      expect(await failuresOf(cases, { engine: world.engine, partitions: 2 }, AT_ONCE)).toEqual([]);
    },
    300_000,
  );
});
