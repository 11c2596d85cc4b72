/**
 * The 22 queries of TPC-H at scale factor 0.1, beside what DuckDB (Python's, of another version than ours) answers to the standard's
 * SQL. Data and answers are made from nothing, by packages from PyPI; where it cannot be reached, outside of CI, one line says so.
 */
import { beforeAll, describe, test } from 'vitest';
import type { FrameOptions } from '../../src/frame/index.js';
import { runScript } from '../support/scripts.js';
import { answersOf, expectAnswer, SCALE } from './tpch/check.js';
import { openTables, QUERIES, type Tables } from './tpch/index.js';

const MODES: readonly { readonly mode: string; readonly options: FrameOptions }[] = [
  { mode: 'one fragment', options: {} },
  { mode: '8 partitions', options: { partitions: 8 } },
];

const directory = runScript('TPC-H', 'tpch.mjs', String(SCALE));

describe.skipIf(directory === undefined)('TPC-H', () => {
  let tables: Tables;
  let answers: ReturnType<typeof answersOf>;

  beforeAll(async () => {
    answers = answersOf(directory!);
    tables = await openTables(directory!);
  }, 120_000);

  test.for(
    MODES.flatMap(({ mode, options }) =>
      Object.entries(QUERIES).map(([id, query]) => ({ id, query, mode, options })),
    ),
  )('$id, $mode', async ({ id, query, options }) => {
    await expectAnswer(id, query(tables, SCALE) as never, answers[id]!, options);
  });
});
