/** Numbers, spans and columns that statistics, samples, near joins and functions of columns do not take. */
import { expect, it } from 'vitest';
import * as tw from '../../../src/index.js';
import { frame, wrong } from './frame.js';

it.each<[string, () => Promise<unknown>, string]>([
  [
    'a width of no length',
    async () => frame.select({ r: tw.col('x').dt.floor('0h') }),
    'dt.floor takes a span of time above 0, not 0h',
  ],
  [
    'a width of months, to be rounded to',
    async () => frame.select({ r: tw.col('x').dt.round('1mo') }),
    `dt.round takes a span of one length, such as '15m' or '1d', not "1mo"`,
  ],
  [
    'a width as pandas calls it',
    async () => frame.select({ r: tw.col('x').dt.ceil('D') }),
    '"D" is no span of time: write',
  ],
  [
    'times that are text',
    async () => frame.select({ r: tw.col('text').dt.floor('1d') }),
    'select: cannot compute',
  ],
  [
    'rows to keep, by another name',
    async () => frame.nLargest(2, 'x', wrong({ keep: 'any' })),
    'nLargest: keep is no "any"; there are first, last, all',
  ],
  [
    'the greatest rows of groups, of no column',
    async () => frame.groupBy('text').nSmallest(2),
    "nSmallest: say by which columns, nSmallest(2, 'x')",
  ],
  [
    'how far a join of equal keys may reach',
    async () => frame.join(frame, { on: 'x', tolerance: 2 }),
    "join: tolerance is of asof joins: say which column is compared, asof: 'time'",
  ],
  [
    'exact matches as pandas calls them',
    async () => frame.join(frame, wrong({ asof: 'x', allow_exact_matches: false })),
    'join: there is no option "allow_exact_matches"; did you mean "allowExactMatches"?',
  ],
  [
    'exact matches that are no yes or no',
    async () => frame.join(frame, { asof: 'x', allowExactMatches: wrong('no') }),
    'join: allowExactMatches is true or false, not "no"',
  ],
  [
    'a sample of how many and which share',
    async () => frame.sample(wrong({ n: 1, fraction: 0.5 })),
    'sample takes a share of the rows, or how many: { n: 10 } or { fraction: 0.1 }',
  ],
  [
    'a sample as pandas has it',
    async () => frame.sample(wrong({ frac: 0.5 })),
    'sample: there is no option "frac"; there are n, fraction, seed, weights',
  ],
  [
    'weights of no column',
    async () => frame.sample({ n: 1, weights: 'weigth' }),
    'sample: weights: there is no column "weigth"',
  ],
  [
    'weights that are text',
    async () => frame.groupBy('x').sample({ n: 1, weights: 'text' }),
    "sample: weights are numbers, and text is string: convert it by cast('float64')",
  ],
  [
    'quantiles of which one is none',
    async () => frame.quantile([0.5, 50], 'x'),
    'quantile: q lies between 0 and 1, and is 50',
  ],
  [
    'no quantiles',
    async () => frame.groupBy('x').quantile([], 'y'),
    'quantile takes numbers between 0 and 1, one or an array, not an array',
  ],
  [
    'a quantile of text',
    async () => frame.quantile([0.5], 'text'),
    'quantile: cannot compute quantile(text, 0.5): text is string',
  ],
  [
    'a price that is text, in buckets',
    async () => frame.resample('x', '1d').sum('text'),
    'sum: cannot compute sum(text): text is string; sum takes numbers',
  ],
  [
    'a transform of a column that there is not',
    async () => frame.groupBy('x').transform({ r: tw.col('z').sum() }),
    'transform: there is no column "z"',
  ],
  [
    'a transform without names',
    async () => frame.groupBy('x').transform(wrong(tw.col('y').sum())),
    'transform: sum(y) needs a name: { name: sum(y) }',
  ],
  [
    'a description of a column that there is not',
    async () => frame.groupBy('x').describe('z'),
    'describe: there is no column "z"',
  ],
  [
    'a new name that is none',
    async () => frame.rename(wrong((name: string) => name.length)),
    'rename: the new name of "x" is a text, not 1',
  ],
  [
    'new names of which two are the same',
    async () => frame.rename(() => 'same'),
    'rename: two columns would be called "same"',
  ],
  [
    'how often text is cut, as pandas calls it',
    async () => frame.select({ r: tw.col('text').str.split(' ', wrong({ n: 1 })) }),
    'str.split: there is no option "n"; there are times',
  ],
  [
    'text that is cut no times',
    async () => frame.select({ r: tw.col('text').str.split(' ', { times: 0 }) }),
    'str.split: times is a whole number from 1, not 0',
  ],
  [
    'text that is cut by nothing',
    async () => frame.select({ r: tw.col('text').str.split(wrong(undefined)) }),
    'str.split takes a text or a regular expression, not undefined',
  ],
  [
    'a rolling quantile of percents',
    async () => frame.select({ r: tw.col('x').rollingQuantile(90, 7) }),
    'rollingQuantile: q lies between 0 and 1, and is 90',
  ],
  [
    'zeros before a number',
    async () => frame.select({ r: tw.col('x').str.zfill(5) }),
    "select: cannot compute str.zfill(x, 5): x is int64; it is a function of text: convert the column by cast('string')",
  ],
  [
    'the mean of text',
    async () => frame.mean('text'),
    'mean: cannot compute mean(text): text is string; mean takes numbers',
  ],
])('%s', (_, call, message) => expect(call()).rejects.toThrow(message));
