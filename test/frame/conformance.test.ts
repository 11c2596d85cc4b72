/**
 * Every recorded case of `test/truth/frame.py`: the same verbs and expressions in pandas, Polars or DuckDB, in one fragment and in partitions.
 * `test/cluster/frame` runs them on a cluster.
 */
import { describe, expect, it } from 'vitest';
import { failuresOf, groups, nameOf, run, versions } from './cases.js';
import { difference } from './recorded.js';

describe.each(Object.entries(groups))('one fragment: %s', (_group, cases) => {
  it.each(cases.map((one) => [nameOf(one), one] as const))('%s', async (_name, one) => {
    if (one.e === undefined) expect(difference(await run(one, {}), one)).toBe('');
    else await expect(run(one, {})).rejects.toThrow(one.e);
  });
});

it.each(Object.entries(groups))(
  'three partitions: %s',
  async (_group, cases) => {
    expect(await failuresOf(cases, { partitions: 3, broadcastBytes: 0 }, 2)).toEqual([]);
  },
  300_000,
);

it('has cases from pandas', () => {
  expect(versions.pandas).toMatch(/^\d/);
  expect(Object.values(groups).flat().length).toBeGreaterThan(1000);
});
