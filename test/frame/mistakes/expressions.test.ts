/** What expressions do not take, typed by mistake, by who knows other libraries, or by who forgot something: the call says what they take. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as tw from '../../../src/index.js';
import { col, when } from '../../../src/index.js';
import { limitLeaving } from '../../support/memory.js';
import { frame, wrong } from './frame.js';

let engine: tw.LocalEngine;
beforeAll(() => {
  engine = new tw.LocalEngine({ threads: 1, memoryLimit: limitLeaving(0.7e9, 1) });
});
afterAll(() => engine.dispose());

describe('what expressions do not take', () => {
  it.each<[string, () => unknown, string]>([
    [
      'a choice by a name',
      () => when(wrong('x'), 1),
      'when takes expressions, such as col(\'x\').gt(0), not "x"',
    ],
    [
      'an order of a rolling window, which is said otherwise than that of others',
      () => col('x').rollingMean(2, wrong({ orderBy: 'y' })),
      'rolling mean: there is no option "orderBy"; there are by, partitionBy, minPeriods, center',
    ],
    [
      'a running sum by a time',
      () => col('x').cumSum(wrong({ by: 'y' })),
      'a window of sum: there is no option "by"; there are partitionBy, orderBy, rows, range',
    ],
    ['degrees of freedom', () => col('x').std(wrong({ ddof: 2 })), 'std: ddof is 0 or 1, not 2'],
    [
      'a value for a list',
      () => col('x').isIn(wrong('a')),
      `isIn takes a list of values, isIn(['a', 'b']), not "a"`,
    ],
    ['the least of nothing', () => tw.least(), 'least takes at least one operand'],
    ['the first of nothing', () => tw.coalesce(), 'coalesce takes at least one operand'],
    [
      'a format of other libraries',
      () => col('text').str.toDate('dd/mm/yyyy'),
      `toDate takes a format of strptime, such as '%d/%m/%Y', not "dd/mm/yyyy"`,
    ],
    [
      'what a shift fills, as pandas has it',
      () => col('x').shift(1, wrong({ fill_value: 0 })),
      'shift: there is no option "fill_value"; there are fill, partitionBy, orderBy, rows, range',
    ],
    [
      'what a difference fills',
      () => col('x').diff(1, wrong({ fill: 0 })),
      'diff: there is no option "fill"; there are partitionBy, orderBy, rows, range',
    ],
    [
      'half an interval',
      () => col('x').cut(1.5),
      'cut: the number of intervals is a whole number from 1, and is 1.5',
    ],
    [
      'a label for each break',
      () => col('x').cut(2, { labels: ['a', 'b', 'c'] }),
      'cut: there are 2 intervals, and 3 labels',
    ],
    [
      'a format of other libraries, for texts of times',
      () => col('day').dt.format('YYYY-MM-DD'),
      `dt.format takes a format of strftime, such as '%d.%m.%Y', not "YYYY-MM-DD"`,
    ],
  ])('%s', (_, call, message) => expect(call).toThrow(message));

  it('an expression that is nested too deeply', async () => {
    let deep: tw.Expr = col('x');
    for (let i = 0; i < 1200; i++) deep = deep.add(col('y').round());
    await expect(frame.select({ deep }).rows({ engine })).rejects.toThrow(
      'an expression is nested too deeply, by itself or by verbs that are computed as one: persist()',
    );
  });
});
