/** Groups of keys that hardly come again: rows are passed on instead of partial results. */
import { expect, test } from 'vitest';
import { defaultEngine } from '../../src/engine/default.js';
import { Database, statements } from '../../src/frame/distributed/work.js';
import { isScattered, shareOfGroups, ungrouped } from '../../src/frame/exchange/ungrouped.js';
import { col, count, type Expr, fromColumns } from '../../src/frame/index.js';
import type { AggregatePlan, PlanNode } from '../../src/frame/plan/node.js';
import { partialPlans } from '../../src/frame/plan/partials.js';

const ROWS = 12_000;
const hash = (i: number): number => Math.imul(i, 2654435761) >>> 0;
const frame = fromColumns(
  {
    /** Each some 1.2 times among all. */
    key: Int32Array.from({ length: ROWS }, (_, i) => Math.imul(hash(i) ^ (hash(i) >>> 15), 739982445) >>> 17),
    few: Int32Array.from({ length: ROWS }, (_, i) => hash(i) % 100),
    n: Array.from({ length: ROWS }, (_, i) => (i % 7 === 0 ? null : i % 1000)),
    x: Array.from({ length: ROWS }, (_, i) => (i % 11 === 0 ? null : i % 13 === 0 ? Number.NaN : i / 4)),
    yes: Array.from({ length: ROWS }, (_, i) => (i % 5 === 0 ? null : i % 3 === 0)),
    text: Array.from({ length: ROWS }, (_, i) => (i % 17 === 0 ? null : `row ${hash(i)}`)),
  },
  { schema: { key: 'int32', few: 'int32', n: 'int64', x: 'float64', yes: 'bool', text: 'string' } },
);
const groups = (by: 'key' | 'few') =>
  frame
    .groupBy(by)
    .agg({
      rows: count(),
      some: col('n').count(),
      sum: col('n').sum(),
      total: col('x').sum(),
      trues: col('yes').sum(),
      first: col('text').min(),
      last: col('text').max(),
      mean: col('n').mean(),
    })
    .sort(by);

test('groups are those of one statement', async () => {
  for (const by of ['key', 'few'] as const) {
    const whole = await groups(by).rows();
    expect(await groups(by).rows({ partitions: 3, broadcastBytes: 0 })).toEqual(whole);
  }
});

test('it is done where keys are scattered, of aggregates that one row has by itself', async () => {
  const database = Database.of(defaultEngine());
  const made = statements(database);
  const partial = (node: PlanNode): AggregatePlan =>
    partialPlans(node as AggregatePlan)!.partial(frame.plan) as AggregatePlan;
  const scattered = (by: 'key' | 'few'): Promise<boolean> =>
    isScattered(
      partial(frame.groupBy(by).agg({ n: count() }).plan),
      (plan) => made(plan, () => ''),
      database,
      {},
    );
  expect(await scattered('key')).toBe(true);
  expect(await scattered('few')).toBe(false);
  const alone = (item: Expr<'x', unknown>): string | undefined =>
    ungrouped(partial(frame.groupBy('key').agg({ item }).plan))?.kind;
  expect(alone(col('x').mean())).toBe('project');
  expect(alone(col('x').std())).toBeUndefined();
});

test('a share of groups is guessed from few rows', () => {
  expect(shareOfGroups(0, 0, 0)).toBe(1);
  expect(shareOfGroups(100, 25, 100)).toBe(0.25);
  // Of a million groups 50,000 rows find 48,771, and a million 632,121.
  expect(shareOfGroups(50_000, 48_771, 1_000_000)).toBeCloseTo(0.632, 1);
  expect(shareOfGroups(50_000, 50_000, 1e9)).toBe(1);
});
