/** The 22 queries of TPC-H at scale factor 0.1, from two workers of a cluster, beside DuckDB's answers to the standard's SQL. */
import { beforeAll, describe, test } from 'vitest';
import { answersOf, expectAnswer, SCALE } from '../../frame/tpch/check.js';
import { openTables, QUERIES, type Tables } from '../../frame/tpch/index.js';
import { runScript } from '../../support/scripts.js';
import { describeWithDask } from '../support/scheduler.js';
import { clusterOf } from './cluster.js';

const directory = runScript('TPC-H', 'tpch.mjs', String(SCALE));

await describeWithDask('on a cluster', (dask) => {
  describe.skipIf(directory === undefined)('TPC-H', () => {
    const world = clusterOf(dask, 2);
    let tables: Tables;
    let answers: ReturnType<typeof answersOf>;
    beforeAll(async () => {
      answers = answersOf(directory!);
      tables = await openTables(directory!);
    }, 120_000);

    test.for(Object.entries(QUERIES))('%s', async ([id, query]) => {
      const options = { engine: world.engine, partitions: 4, broadcastBytes: 2 ** 20 };
      await expectAnswer(id, query(tables, SCALE) as never, answers[id]!, options);
    });
  });
});
