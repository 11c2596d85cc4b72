/** What is typed by mistake, by who knows other libraries, or by who forgot something: the call says what it takes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as tw from '../../src/index.js';
import { col, fromColumns, fromRows, when } from '../../src/index.js';
import { limitLeaving } from '../support/memory.js';

let engine: tw.LocalEngine;
beforeAll(() => {
  engine = new tw.LocalEngine({ threads: 1, memoryLimit: limitLeaving(0.7e9, 1) });
});
afterAll(() => engine.dispose());

const frame = fromRows([
  { x: 1, y: 2.5, text: 'a', day: new Date('2024-01-01'), tags: ['t'] },
  { x: 2, y: 3.5, text: 'b', day: new Date('2024-01-02'), tags: [] },
]).withTypes<tw.AnySchema>();
/** What the compiler refuses. */
const wrong = (value: unknown): never => value as never;
const undefinedFrame = wrong(undefined);

describe('what a call does not take', () => {
  it.each<[string, () => unknown, string]>([
    [
      'a name as a filter',
      () => frame.filter(wrong('text')),
      `filter takes expressions, such as col('x').gt(0), not "text": a column is col("text")`,
    ],
    [
      'a comparison of JavaScript',
      () => frame.filter(wrong((col('x') as unknown as number) > 1)),
      'x is an expression: operators such as +, > and == do not compute with it; methods do: .add(…)',
    ],
    [
      'an identity of JavaScript',
      () => frame.filter(wrong((col('x') as unknown) === 1)),
      'not false: columns are compared by methods, not by >, === or &&',
    ],
    [
      'a sum of JavaScript, which would be a text in each row',
      () => frame.select({ r: (col('x') as unknown as number) + 1 }),
      'x is an expression: operators such as +, > and == do not compute with it',
    ],
    [
      'an integer that is too large',
      () => fromRows([{ x: 1n }, { x: 2n ** 63n }]),
      'column "x", row 1: 9223372036854775808 is out of the range of int64; say by schema a type that has it',
    ],
    [
      'an integer that a type has not',
      () => fromColumns({ x: [300] }, { schema: { x: 'int8' } }),
      'column "x", row 0: 300 is out of the range of int8',
    ],
    [
      'such an integer in a list',
      () => fromRows([{ x: [-1] }], { schema: { x: { list: 'uint8' } } }),
      'column "x", row 0: -1 is out of the range of uint8',
    ],
    ['an invalid Date', () => fromRows([{ t: new Date(Number.NaN) }]), 'column "t", row 0: an invalid Date'],
    [
      'a number for a text',
      () => fromRows([{ zip: 1010 }], { schema: { zip: 'string' } }),
      'column "zip", row 0: 1010 (number) is no string',
    ],
    [
      'a text for a list',
      () => fromRows([{ tags: 'a' }], { schema: { tags: { list: 'string' } } }),
      'column "tags", row 0: a (string) is no list<string>',
    ],
    ['objects without fields', () => fromRows([{ x: {} }]), 'column "x": its objects have no field'],
    [
      'a function as a filter',
      () => frame.filter(wrong(() => true)),
      "filter takes expressions, such as col('x').gt(0), not a function",
    ],
    [
      'no filter',
      () => frame.filter(undefinedFrame),
      "filter takes expressions, such as col('x').gt(0), not undefined",
    ],
    [
      'a list of names',
      () => frame.select(wrong(['x', 'y'])),
      "select takes names one by one, select('a', 'b'), not an array: put ... before it",
    ],
    [
      'a list of keys',
      () => frame.groupBy(wrong(['x'])),
      "groupBy takes names one by one, groupBy('a', 'b'), not an array",
    ],
    [
      'a list to drop',
      () => frame.drop(wrong(['x'])),
      'drop takes names of columns, not an array: put ... before it',
    ],
    [
      'an expression without a name',
      () => frame.select(wrong(col('x').add(1))),
      'select: (x + 1) needs a name: { name: (x + 1) }',
    ],
    [
      'an aggregate without a name',
      () => frame.agg(wrong(col('x').sum())),
      'agg: sum(x) needs a name: { name: sum(x) }',
    ],
    [
      'an aggregate by its name',
      () => frame.groupBy('x').agg(wrong('sum')),
      'agg takes expressions by name, { total: col(\'x\').sum() }, not "sum"',
    ],
    ['no aggregate', () => frame.agg({}), 'agg: there is no aggregate'],
    ['a place of a column', () => frame.select(wrong(0)), 'select takes expressions by name'],
    ['no column', () => frame.select(), 'select: there is no column; a frame has at least one'],
    ['all columns dropped', () => frame.drop(...frame.columns), 'drop: no column would be left'],
    ['a forgotten variable', () => frame.withColumns({ r: undefinedFrame }), 'not undefined'],
    [
      'a method that is not called',
      () => frame.withColumns({ r: wrong(col('x').abs) }),
      'not a function: where it is a method, call it',
    ],
    [
      'a choice without an end',
      () => frame.select({ r: wrong(when(col('x').gt(1), 1)) }),
      'not a choice without an end: put .otherwise(…) or .end() behind it',
    ],
    [
      'a choice by a name',
      () => when(wrong('x'), 1),
      'when takes expressions, such as col(\'x\').gt(0), not "x"',
    ],
    [
      'a place of nulls as pandas has it',
      () => frame.sort('x', { nulls: wrong('begin') }),
      'sort: nulls is no "begin"; there are first, last',
    ],
    [
      'text put under numbers',
      () => tw.concat([frame.select('x'), frame.select({ x: col('text') })]),
      'concat: column "x" is int64 in frame 0, and string in frame 1; convert one of them before, by cast({ … })',
    ],
    [
      'several columns whose values become columns',
      () => frame.pivot({ index: 'x', on: wrong(['text', 'day']), values: 'y', names: ['a'] }),
      'pivot: on is one column, not an array: put several into one before, by concatText',
    ],
    [
      'an order of options',
      () => frame.sort('x', wrong({ descending: true })),
      "an order is of names of columns, expressions or desc('x'), not of { descending: true }",
    ],
    [
      'an order of nothing',
      () => frame.sort(undefinedFrame),
      "an order is of names of columns, expressions or desc('x'), not of undefined",
    ],
    ['a head from behind', () => frame.head(-1), 'head is a whole number from 0, not -1'],
    ['a head of text', () => frame.head(wrong('2')), 'head is a whole number from 0, not "2"'],
    ['the largest of nothing', () => frame.nLargest(2), "nLargest: say by which columns, nLargest(2, 'x')"],
    [
      'a join of nothing',
      () => frame.join(undefinedFrame as tw.DataFrame, { on: 'x' }),
      'join takes another frame, not undefined',
    ],
    [
      'a join by a name',
      () => frame.join(frame, wrong('x')),
      `join takes options behind the other frame, such as { on: 'id' }, not "x"`,
    ],
    [
      'the same frame joined twice',
      () => frame.join(frame, { on: 'x' }).join(frame, { on: 'x' }),
      'two columns would be called "y_right"; rename one of them, or say another suffix: by suffix:',
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
    [
      'a join as Polars had it',
      () => frame.join(frame, wrong({ on: 'x', strategy: 'left' })),
      'join: there is no option "strategy"; there are on, leftOn,',
    ],
    [
      'frames put together by axis',
      () => tw.concat([frame], wrong({ axis: 1 })),
      'concat: there is no option "axis"',
    ],
    ['degrees of freedom', () => col('x').std(wrong({ ddof: 2 })), 'std: ddof is 0 or 1, not 2'],
    [
      'two names to rename',
      () => frame.rename(wrong('x')),
      `rename takes new names by the old, { old: 'new' }, not "x"`,
    ],
    [
      'a number as a name',
      () => frame.rename({ x: wrong(1) }),
      'rename: the new name of "x" is a text, not 1',
    ],
    [
      'one value for all nulls',
      () => frame.fillNull(wrong(0)),
      'fillNull takes values by columns, { x: 0 }, not 0',
    ],
    [
      'one type for all columns',
      () => frame.cast(wrong('int32')),
      `cast takes types by columns, { x: 'int32' }, not "int32"`,
    ],
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
      'columns as rows',
      () => fromRows(wrong({ x: [1] })),
      'fromRows takes a list of objects, not an object; fromColumns takes columns by name',
    ],
    [
      'rows as columns',
      () => fromColumns(wrong([{ x: 1 }])),
      'fromColumns takes arrays by name, { x: [1, 2] }, not an array',
    ],
    [
      'rows that are lists',
      () => fromRows([{ x: 1 }, wrong([1, 2])]),
      'fromRows: a row is an object, { x: 1 }, and row 1 is an array',
    ],
    [
      'an aggregate over an aggregate',
      () => frame.agg({ r: col('x').sum().max() }),
      'agg: max(sum(x)) is an aggregate over an aggregate: make a column of that before, by agg({ name: sum(x) })',
    ],
    [
      'an aggregate over a window function',
      () => frame.groupBy('text').agg({ r: col('x').shift().max() }),
      'agg: max(lag(x, 1) over ()) is an aggregate over a window function: make a column of that before, by withColumns',
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
      'a number of rows to draw, as pandas has it',
      () => frame.sample(3),
      'sample: the fraction lies between 0 and 1, and is 3; so many rows are drawn by { n: 3 }',
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
    ['half a row to draw', () => frame.sample({ n: 0.5 }), 'sample: n is a whole number from 0, not 0.5'],
    [
      'a seed that is no number',
      () => frame.sample(0.5, { seed: wrong('7') }),
      'sample: seed is a whole number from 0, not ',
    ],
    [
      'which duplicates stay, as pandas has it',
      () => frame.distinct('x', { keep: wrong(false) }),
      'distinct: keep is no false; there are first, last, none',
    ],
    [
      'totals of no aggregate',
      () => frame.pivot({ index: 'x', on: 'text', values: 'y', margins: 'all', names: ['a'] }),
      "pivot: margins are of an aggregate: say which, such as aggregate: 'sum'",
    ],
    [
      'a format of other libraries, for texts of times',
      () => col('day').dt.format('YYYY-MM-DD'),
      `dt.format takes a format of strftime, such as '%d.%m.%Y', not "YYYY-MM-DD"`,
    ],
    [
      'no row and no schema',
      () => fromRows([]),
      "fromRows: there is no column; say which there are by schema: { x: 'int64' }",
    ],
    ['a column that is a number', () => fromColumns({ x: wrong(1) }), 'fromColumns: "x" is an array, not 1'],
  ])('%s', (_, call, message) => expect(call).toThrow(message));

  it('an expression that is nested too deeply', async () => {
    let deep: tw.Expr = col('x');
    for (let i = 0; i < 1200; i++) deep = deep.add(col('y').round());
    await expect(frame.select({ deep }).rows({ engine })).rejects.toThrow(
      'an expression is nested too deeply, by itself or by verbs that are computed as one: persist()',
    );
  });

  it('where it is promised', async () => {
    await expect(tw.readCsv(undefinedFrame)).rejects.toThrow(
      'readCsv takes a path or a list of paths, not undefined',
    );
    await expect(frame.toCsv(undefinedFrame)).rejects.toThrow('toCsv takes a path, not undefined');
    await expect(frame.toText(wrong('1; SELECT 1'))).rejects.toThrow(
      'toText is a whole number from 0, not "1; SELECT 1"',
    );
    await expect(frame.toHtml(-1)).rejects.toThrow('toHtml is a whole number from 0, not -1');
  });
});

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

describe('a frame as text', () => {
  it('has its columns, with the types that are known', () => {
    const made = frame
      .filter(col('x').gt(1))
      .select('x', 'tags', { half: col('y').div(2), whole: col('y').cast('int32') });
    expect(String(made)).toBe(
      'tilework.DataFrame<[x: int64, tags: list<string>, half, whole: int32], not computed>',
    );
    expect(String(fromRows([{ 'a b': 1 }]))).toBe('tilework.DataFrame<["a b": int64], 1 row in memory>');
  });
  it('names the first of many columns', () => {
    const wide = fromRows([Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`c${i}`, i]))]);
    expect(String(wide)).toContain('c11: int64, … (40 in all)], 1 row in memory>');
  });
  it('as do groups', () =>
    expect(String(frame.select('x', 'text').groupBy('text', { even: col('x').mod(2).eq(0) }))).toBe(
      'tilework.GroupBy<by text, even = ((x % 2) == 0) of [x: int64, text: string], not computed>',
    ));
});
