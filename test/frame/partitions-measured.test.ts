/** What is chosen by how much tasks leave, when they have run. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graphOf } from '../../src/frame/exchange/index.js';
import { col, count, type DataFrame, desc, fromColumns } from '../../src/frame/index.js';
import { Database } from '../../src/frame/late.js';
import { optimize } from '../../src/frame/optimize/index.js';
import { statements } from '../../src/frame/statement/index.js';
import { LocalEngine } from '../../src/index.js';
import { limitLeaving } from '../support/memory.js';
import { expectSame, folder, untyped } from './partitions/compare.js';

let engine: LocalEngine;
beforeAll(() => {
  engine = new LocalEngine({ threads: 2, memoryLimit: limitLeaving(1.7e9), spillDirectory: folder() });
});
afterAll(() => engine.dispose());

const ROWS = 6000;
const options = { partitions: 4, broadcastBytes: 64 * 1024 };
const rows = (first: number): DataFrame =>
  untyped(
    fromColumns({
      k: Int32Array.from({ length: ROWS }, (_, i) => (i * 7 + first) % 1500),
      v: Float64Array.from({ length: ROWS }, (_, i) => i % 97),
    }),
  );
const joined = (left: DataFrame): DataFrame =>
  untyped(left.join(rows(1).rename({ v: 'w' }), { on: 'k' }).select('k', 'v', 'w'));

/** The choices of a plan's last graph, of whose tasks each is said to leave so many bytes, and how often sizes were asked for. */
async function chosen(frame: DataFrame, bytes: number): Promise<{ text: string; asked: number }> {
  const database = Database.of(engine);
  let asked = 0;
  const graph = await graphOf(
    optimize(frame.plan),
    database,
    statements(database),
    options,
    async (part, keys) => {
      asked += 1;
      for (const key of keys) expect(part.tasks.has(key)).toBe(true);
      return new Map(keys.map((key) => [key, bytes]));
    },
  );
  return { text: `${graph.reasons.join('; ')}; ${graph.result.length} partitions`, asked };
}

test('a side that turns out to be small goes to all partitions of the other', async () => {
  const frame = joined(rows(0).filter(col('v').eq(3)));
  const small = await chosen(frame, 100);
  expect(small.asked).toBe(1);
  expect(small.text).toMatch(/broadcast left, which has 800 B; 4 partitions/);
  const large = await chosen(frame, 1e6);
  expect(large.text).not.toContain('broadcast');
  await expectSame(frame, 4, 'any', { engine, ...options });
});

test.each(['semi', 'anti'] as const)(
  'of the right of a %s join whose left turns out to be small only what is equal is passed on',
  async (how) => {
    const left = rows(0)
      .filter(col('v').lt(9))
      .withColumns({ k: col('k').nullIf(70) });
    const right = rows(1)
      .filter(col('v').lt(30))
      .withColumns({ k: col('k').nullIf(8).mul(2) });
    const frame = untyped(left.join(right, { on: 'k', how }));
    const small = await chosen(frame, 100);
    expect(small.text).toMatch(/of right what is equal to left, which has 800 B; 1 partitions/);
    const large = await chosen(frame, 1e6);
    expect(large.text).toMatch(/; 4 partitions/);
    await expectSame(frame, 4, 'any', { engine, ...options });
    await expectSame(frame, 3, 'any', { engine, ...options, broadcastBytes: 1000 });
  },
);

test('groups that turn out to be few are finished, and sorted, in one partition', async () => {
  const frame = untyped(rows(0).groupBy('v').agg({ n: count() }).sort(desc('n'), 'v'));
  expect((await chosen(frame, 100)).text).toContain('1 partitions');
  expect((await chosen(frame, 1e6)).text).toContain('4 partitions');
  await expectSame(frame, 4, 'rows', { engine, ...options });
});

test('what depends on a choice is measured when that has been made', async () => {
  const groups = joined(rows(0).filter(col('v').eq(3)))
    .groupBy('k')
    .agg({ w: col('w').sum() });
  const frame = untyped(groups.sort('w', 'k'));
  expect((await chosen(frame, 100)).asked).toBe(2);
  await expectSame(frame, 3, 'rows', { engine, ...options });
});

test('nothing is measured, and nothing is in one partition, where no bytes are said to be few', async () => {
  const database = Database.of(engine);
  const frame = joined(rows(0));
  const measure = () => Promise.reject(new Error('measured'));
  const { result } = await graphOf(
    optimize(frame.plan),
    database,
    statements(database),
    { partitions: 4, broadcastBytes: 0 },
    measure,
  );
  expect(result).toHaveLength(4);
});
