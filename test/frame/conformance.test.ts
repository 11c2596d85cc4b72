/**
 * Every recorded case of `test/truth/frame.py`: the same verbs and expressions in pandas, Polars or DuckDB. `MODES` says how frames are
 * computed; each case runs in each of them. `test/cluster/frame` runs them on a cluster.
 */
import { describe, expect, it } from 'vitest';
import type * as tw from '../../src/index.js';
import { groups, nameOf, run, versions } from './cases.js';
import { difference } from './recorded.js';

const MODES: readonly (readonly [string, tw.FrameOptions])[] = [
  ['one fragment', {}],
  ['three partitions', { partitions: 3, broadcastBytes: 0 }],
];

describe.each(MODES)('%s', (_mode, options) => {
  describe.each(Object.entries(groups))('%s', (_group, cases) => {
    it.each(cases.map((one) => [nameOf(one), one] as const))('%s', async (_name, one) => {
      if (one.e === undefined) expect(difference(await run(one, options), one)).toBe('');
      else await expect(run(one, options)).rejects.toThrow(one.e);
    });
  });
});

it('has cases from pandas', () => {
  expect(versions.pandas).toMatch(/^\d/);
  expect(Object.values(groups).flat().length).toBeGreaterThan(1000);
});
