/** Operations that a type does not have: said by the verb where the type is known, else before any row is computed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as tw from '../../../src/index.js';
import { col, fromRows, when } from '../../../src/index.js';
import { limitLeaving } from '../../support/memory.js';
import { frame } from './frame.js';

let engine: tw.LocalEngine;
beforeAll(() => {
  engine = new tw.LocalEngine({ threads: 1, memoryLimit: limitLeaving(0.7e9, 1) });
});
afterAll(() => engine.dispose());

describe('an operation that a type does not have', () => {
  const numbers = "takes numbers: name columns of such, or convert this one by cast('float64')";
  const oneType = "compare what is of one type: convert one of them by cast('…')";

  it.each<[string, () => unknown, string]>([
    [
      'a sum of text',
      () => frame.agg({ s: col('text').sum() }),
      `agg: cannot compute sum(text): text is string; sum ${numbers}`,
    ],
    [
      'a mean of all columns',
      () => frame.groupBy('x').mean(),
      `mean: cannot compute mean(text): text is string; mean ${numbers}`,
    ],
    [
      'a column by its name in a sum',
      () => frame.select({ r: col('x').add('y') }),
      "select: cannot compute (x + 'y'): x is int64; 'y' is a text; a column is col('y')",
    ],
    [
      'text as a filter',
      () => frame.filter(col('text')),
      'filter: text is string, no bool: compare it, as in text.eq(…), or ask text.isNotNull()',
    ],
    [
      'an instant as a number',
      () => frame.cast({ day: 'int64' }),
      'day is timestamp, and no cast makes it int64: dt.epoch() gives microseconds since 1970',
    ],
    [
      'a number as an instant',
      () => frame.select({ t: col('x').cast('timestamp') }),
      "select: x is int64, and no cast makes it timestamp: dt.fromEpoch('millisecond') takes numbers",
    ],
    [
      'a deviation of lists',
      () => frame.agg({ s: col('tags').std() }),
      `agg: cannot compute std(tags): tags is list<string>; std ${numbers}`,
    ],
    [
      'a running sum of text',
      () => frame.select({ r: col('text').cumSum() }),
      `text is string; sum ${numbers}`,
    ],
    [
      'text and a number',
      () => frame.filter(col('text').gt(3)),
      `filter: cannot compute (text > 3): text is string; ${oneType}`,
    ],
    [
      'a number and text',
      () => frame.filter(col('x').eq('one')),
      `filter: cannot compute (x == 'one'): x is int64; ${oneType}`,
    ],
    [
      'two columns',
      () => frame.select({ r: col('x').lt(col('text')) }),
      `select: cannot compute (x < text): x is int64, text is string; ${oneType}`,
    ],
    [
      'a time and a word',
      () => frame.filter(col('day').ge('soon')),
      `filter: cannot compute (day >= 'soon'): day is timestamp; ${oneType}`,
    ],
    [
      'words among numbers',
      () => frame.filter(col('x').isIn(['one', 'two'])),
      "filter: cannot compute isIn(x, 'one', 'two'): x is int64; its values are of one type",
    ],
    [
      'a word for missing numbers',
      () => frame.fillNull({ y: 'none' }),
      "fillNull: cannot compute coalesce(y, 'none'): y is float64; its values are of one type",
    ],
    [
      'a choice of a word and a number',
      () => frame.select({ r: when(col('x').gt(1), 'many').otherwise(0) }),
      "select: cannot compute (when (x > 1) then 'many' otherwise 0): its values are of one type",
    ],
    [
      'a time and a year',
      () => frame.filter(col('day').ge(2024)),
      `filter: cannot compute (day >= 2024): day is timestamp; ${oneType}`,
    ],
    [
      'deep in an expression',
      () => frame.select({ r: when(col('x').add(col('text')).gt(1), 1).otherwise(2) }),
      "select: cannot compute (x + text): x is int64, text is string; convert one of them by cast('…')",
    ],
    [
      'texts added',
      () => frame.select({ r: col('text').add(col('text')) }),
      'texts are put together by concatText',
    ],
    [
      'a function of text',
      () => frame.select({ r: col('x').str.upper() }),
      "cannot compute str.upper(x): x is int64; it is a function of text: convert the column by cast('string')",
    ],
    [
      'a function of times',
      () => frame.select({ r: col('text').dt.year() }),
      "cannot compute dt.year(text): text is string; it is a function of times: convert the column by cast('timestamp'), or by str.toTimestamp('…')",
    ],
    [
      'a function of lists',
      () => frame.select({ r: col('x').list.sum() }),
      'cannot compute list.sum(x): x is int64; it is a function of lists',
    ],
    [
      'a join of a number and text',
      () => frame.join(fromRows([{ id: 'a' }]), { leftOn: 'x', rightOn: 'id' }),
      'join: x is int64 in this frame, and id is string in the other; convert one of them before, by cast({ … })',
    ],
    [
      'an asof join of such',
      () => frame.join(fromRows([{ x: 'a', q: 1 }]), { asof: 'x' }),
      'join: x is int64 in this frame, and x is string in the other',
    ],
  ])('%s, where the type is known, is said by the call', (_, call, message) => {
    expect(call).toThrow(tw.FrameError);
    expect(call).toThrow(message);
  });

  it('what may be converted is compared', async () => {
    const rows = (predicate: tw.Expr) => frame.filter(predicate).select('x').rows({ engine });
    expect(await rows(col('x').eq('1'))).toEqual([{ x: 1 }]);
    expect(await rows(col('day').gt('2024-01-01'))).toEqual([{ x: 2 }]);
    expect(await rows(tw.coalesce(col('text'), 'none').ne('a'))).toEqual([{ x: 2 }]);
    expect(await rows(col('text').cast('binary').isNotNull().eq(true))).toHaveLength(2);
  });

  // Of what an expression or a group gives, types are known to DuckDB alone.
  const made = () =>
    frame.select({
      n: col('x').add(1),
      s: tw.concatText(col('text'), '!'),
      t: col('day').dt.truncate('day'),
    });
  it.each<[string, () => tw.AnyFrame, string]>([
    [
      'a sum of text',
      () => made().agg({ r: col('s').sum() }),
      `cannot compute sum(s): s is string; sum ${numbers}`,
    ],
    ['text and a number', () => made().filter(col('n').gt(0), col('s').gt(3)), oneType],
    [
      'rounded text',
      () => made().select({ r: col('s').round(1).add(col('n')) }),
      "is string; convert it by cast('…')",
    ],
    [
      'a day after',
      () => made().select({ r: col('t').add(1) }),
      "what is added to a time is a span, duration('1d')",
    ],
    [
      'in the middle of a plan',
      () =>
        made()
          .withColumns({ half: col('s').div(2) })
          .sort('half')
          .groupBy('n')
          .max('half'),
      '/ 2): ',
    ],
    ['an exploded number', () => made().explode('n'), 'explode takes columns of lists: n is int64'],
    [
      'melted columns',
      () => made().melt({ ids: ['t'] }),
      'melt puts values into one column: n is int64, s is string; convert them to one type before',
    ],
    [
      'a join',
      () => made().join(fromRows([{ s: 1 }]), { on: 's' }),
      'join: s is string in this frame, and s is int64 in the other',
    ],
  ])('%s, where it is not, when it is computed', async (_, make, message) => {
    for (const how of [{}, { partitions: 2 }]) {
      const error = await make()
        .rows({ engine, ...how })
        .catch((found: unknown) => found);
      expect(error).toBeInstanceOf(tw.FrameError);
      expect((error as Error).message).toContain(message);
    }
  });

  it('by schema() and by what writes, too', async () => {
    const bad = made().agg({ r: col('s').sum() });
    await expect(bad.schema({ engine })).rejects.toThrow('cannot compute sum(s): s is string');
    await expect(bad.toCsv('never.csv', { engine })).rejects.toThrow('cannot compute sum(s): s is string');
  });
});
