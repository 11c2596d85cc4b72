/**
 * The 22 queries of TPC-H at scale factor 0.1, beside what DuckDB (Python's, of another version than ours) answers to the standard's
 * SQL. Data and answers are made from nothing, by packages from PyPI; where it cannot be reached, outside of CI, one line says so.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FrameOptions } from '../../src/frame/index.js';
import { pythonOf, runScript } from '../support/scripts.js';
import { openTables, QUERIES, type Tables } from './tpch/index.js';

const SCALE = 0.1;
const ROOT = path.resolve(import.meta.dirname, '..', '..');

type Value = number | string | null | { readonly decimal: string } | { readonly date: number };
type Answers = Readonly<
  Record<string, { readonly columns: readonly string[]; readonly rows: readonly Value[][] }>
>;

const MODES: readonly { readonly mode: string; readonly options: FrameOptions }[] = [
  { mode: 'one fragment', options: {} },
  { mode: '8 partitions', options: { partitions: 8 } },
];

const directory = runScript('TPC-H', 'tpch.mjs', String(SCALE));

describe.skipIf(directory === undefined)('TPC-H', () => {
  let tables: Tables;
  let answers: Answers;

  beforeAll(async () => {
    const python = pythonOf('TPC-H', 'tpch', 'test/truth/tpch/requirements.txt')!;
    const script = path.join(ROOT, 'test', 'truth', 'tpch', 'answers.py');
    const args = ['-B', script, directory!, String(SCALE)];
    answers = JSON.parse(execFileSync(python, args, { encoding: 'utf8', maxBuffer: 1 << 26 }));
    tables = await openTables(directory!);
  }, 120_000);

  test.for(
    MODES.flatMap(({ mode, options }) =>
      Object.entries(QUERIES).map(([id, query]) => ({ id, query, mode, options })),
    ),
  )('$id, $mode', async ({ id, query, options }) => {
    const frame = query(tables, SCALE);
    const { columns, rows } = answers[id]!;
    expect(frame.columns).toEqual(columns);
    const ours = await frame.rows(options);
    expect(ours).toHaveLength(rows.length);
    for (const [i, row] of ours.entries())
      for (const [j, name] of columns.entries())
        expectSame(`${id}, row ${i}, ${name}`, row[name], rows[i]![j]!);
  });
});

/** Decimals, dates and all that is exact are equal; means and shares are, to nine digits. */
function expectSame(where: string, ours: unknown, truth: Value): void {
  if (typeof truth === 'number' && !Number.isInteger(truth)) {
    expect(Math.abs((ours as number) - truth), `${where}: ${ours}, not ${truth}`).toBeLessThanOrEqual(
      1e-9 * Math.abs(truth),
    );
    return;
  }
  const value = ours instanceof Date ? ours.getTime() : ours;
  const exact =
    truth === null || typeof truth !== 'object'
      ? truth
      : 'decimal' in truth
        ? typeof value === 'string'
          ? truth.decimal
          : Number(truth.decimal)
        : truth.date;
  expect(value, where).toBe(exact);
}
