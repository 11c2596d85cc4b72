import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { col, count, type DataFrame, desc, fromRows, rowNumber } from '../../src/frame/index.js';
import { LocalEngine } from '../../src/index.js';
import { limitLeaving } from '../support/memory.js';
import { type Frame, folder, linesOf, untyped } from './partitions/compare.js';

let engine: LocalEngine;
beforeAll(() => {
  engine = new LocalEngine({ threads: 2, memoryLimit: limitLeaving(1.7e9), spillDirectory: folder() });
});
afterAll(() => engine.dispose());

const schema = { id: 'int64', a: 'int64', b: 'string', v: 'int64' } as const;
const value = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 4 });
const rows = fc.array(
  fc.record({
    a: value(fc.integer({ min: 0, max: 4 })),
    b: value(fc.constantFrom('x', 'y', 'z', '')),
    v: value(fc.integer({ min: -50, max: 50 })),
  }),
  { maxLength: 40 },
);

/** A verb that keeps the columns `id`, `a`, `b`, `v`, of which `id` is unique. */
interface Step {
  readonly name: string;
  readonly apply: (frame: DataFrame) => Frame;
}
const renumbered = (frame: Frame): Frame => untyped(frame).select('id', 'a', 'b', 'v');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.integer({ min: -20, max: 20 }).map((n) => ({
    name: `filter v > ${n}`,
    apply: (frame: DataFrame) => frame.filter(col('v').gt(n)),
  })),
  fc.constantFrom('a', 'b').map((by) => ({
    name: `sort by ${by}`,
    apply: (frame: DataFrame) => frame.sort(desc(by), 'id'),
  })),
  fc.tuple(fc.nat(30), fc.nat(5)).map(([n, offset]) => ({
    name: `limit ${n} after ${offset}`,
    apply: (frame: DataFrame) => frame.sort('id').limit(n, offset),
  })),
  fc.constantFrom('a', 'b').map((by) => ({
    name: `running sum by ${by}`,
    apply: (frame: DataFrame) =>
      frame.sort('id').withColumns({ v: col('v').cumSum({ partitionBy: by }).cast('int64') }),
  })),
  fc.constantFrom('a', 'b').map((by) => ({
    name: `first of each ${by}`,
    apply: (frame: DataFrame) => frame.sort('v', 'id').distinct(by),
  })),
  fc.constantFrom('a', 'b').map((by) => ({
    name: `groups by ${by}`,
    apply: (frame: DataFrame) =>
      renumbered(
        frame
          .groupBy('a', 'b')
          .agg({ id: col('id').min(), v: col('v').sum().cast('int64'), n: count() })
          .withColumns({ v: col('v').add(col('n').sum().over(by)).cast('int64') }),
      ),
  })),
  fc.constantFrom('a', 'b').map((by) => ({
    name: `median by ${by}`,
    apply: (frame: DataFrame) =>
      renumbered(
        frame.groupBy('a', 'b').agg({ id: col('id').max(), v: col('v').median().floor().cast('int64') }),
      ),
  })),
  fc.tuple(fc.constantFrom('inner', 'left', 'semi', 'anti'), fc.constantFrom('a', 'b')).map(([how, by]) => ({
    name: `${how} join by ${by}`,
    apply: (frame: DataFrame) =>
      renumbered(
        frame.join(
          frame
            .groupBy(by)
            .agg({ w: col('v').max() })
            .filter(col('w').gt(0)),
          {
            on: by,
            how: how as 'inner',
          },
        ),
      ),
  })),
  fc.constant({
    name: 'twice',
    apply: (frame: DataFrame) =>
      frame
        .join(frame.filter(col('v').gt(0)).select('id', { w: col('v') }), { on: 'id', how: 'left' })
        .select('id', 'a', 'b', { v: col('v').add(col('w')) }),
  }),
  fc.constant({
    name: 'row number',
    apply: (frame: DataFrame) =>
      frame.sort('id').withColumns({ v: rowNumber({ partitionBy: 'b' }).cast('int64') }),
  }),
);

test('any chain of verbs gives the same rows in partitions', async () => {
  await fc.assert(
    fc.asyncProperty(
      rows,
      fc.array(step, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(1, 2, 3, 8),
      fc.constantFrom(0, 2 ** 14, 2 ** 30),
      async (data, steps, partitions, broadcastBytes) => {
        const source = untyped(
          fromRows(
            data.map((row, id) => ({ id, ...row })),
            { schema },
          ),
        );
        const frame = steps.reduce((made, { apply }) => untyped(apply(made)), source);
        const one = linesOf(await frame.rows({ engine })).sort();
        const many = linesOf(await frame.rows({ engine, partitions, broadcastBytes })).sort();
        expect(many, steps.map(({ name }) => name).join(', ')).toEqual(one);
      },
    ),
    { numRuns: 60, seed: 20 },
  );
}, 240_000);
