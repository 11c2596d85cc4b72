/** What verbs of frames do not take: the call says what they take. */
import { describe, expect, it } from 'vitest';
import * as tw from '../../../src/index.js';
import { col, fromRows, when } from '../../../src/index.js';
import { frame, undefinedFrame, wrong } from './frame.js';

describe('what verbs do not take', () => {
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
      'a place of nulls as pandas has it',
      () => frame.sort('x', { nulls: wrong('begin') }),
      'sort: nulls is no "begin"; there are first, last',
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
      'a join as Polars had it',
      () => frame.join(frame, wrong({ on: 'x', strategy: 'left' })),
      'join: there is no option "strategy"; there are on, leftOn,',
    ],
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
      'a number of rows to draw, as pandas has it',
      () => frame.sample(3),
      'sample: the fraction lies between 0 and 1, and is 3; so many rows are drawn by { n: 3 }',
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
  ])('%s', (_, call, message) => expect(call).toThrow(message));

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
