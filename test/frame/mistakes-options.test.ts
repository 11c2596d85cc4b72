/** Options that readers, writers and verbs do not have, as other libraries call theirs or by a slip of the pen: the call says which there are. */
import { expect, it } from 'vitest';
import * as tw from '../../src/index.js';

const frame = tw.fromRows([{ x: 1, y: 2.5, text: 'a' }]).withTypes<tw.AnySchema>();
/** What the compiler refuses. */
const wrong = (value: unknown): never => value as never;
const undefinedFrame = wrong(undefined);

it.each<[string, () => Promise<unknown>, string]>([
  [
    'a separator of pandas',
    () => tw.readCsv('none.csv', wrong({ sep: ';' })),
    'readCsv: there is no option "sep"; there are schema, types, header, names, delimiter,',
  ],
  [
    'a mark that stands for two things',
    () => tw.readCsv('none.csv', { thousands: '.' }),
    'readCsv: "." cannot be before decimals and between thousands too: say both, decimal and thousands',
  ],
  [
    'an encoding that is written otherwise',
    () => tw.readCsv('none.csv', { encoding: wrong('latin1') }),
    'readCsv: encoding is no "latin1"; there are utf-8, utf-16, latin-1',
  ],
  [
    'lines of JSON as pandas has them',
    () => tw.readJson('none.jsonl', wrong({ lines: true })),
    'readJson: there is no option "lines"; there are',
  ],
  [
    'columns of Parquet as pandas has them',
    () => tw.readParquet('none.parquet', wrong({ columns: ['x'] })),
    'readParquet: there is no option "columns"; there are engine, hivePartitioning,',
  ],
  [
    'a slip of the pen in how rows are computed',
    () => frame.rows(wrong({ partitons: 3 })),
    'rows: there is no option "partitons"; did you mean "partitions"? there are int64, decimal, engine, signal, onProgress, partitions',
  ],
  [
    'such a slip in how files are written',
    () => frame.toParquet('never.parquet', wrong({ compresion: 'zstd' })),
    'toParquet: there is no option "compresion"; did you mean "compression"? there are partitionBy,',
  ],
  [
    'a packing that there is not',
    () => frame.toParquet('never.parquet', { compression: wrong('zip') }),
    'toParquet: compression is no "zip"; there are snappy, zstd, gzip, lz4, none',
  ],
  [
    'a mark of decimals for a writer',
    () => frame.toCsv('never.csv', wrong({ decimal: ',' })),
    'toCsv: there is no option "decimal"; there are header, delimiter,',
  ],
  [
    'an aggregate as pandas has it',
    async () => frame.pivot(wrong({ index: 'x', on: 'text', values: 'y', aggfunc: 'sum', names: ['a'] })),
    'pivot: there is no option "aggfunc"; there are index, on, values, aggregate, margins, names',
  ],
  [
    'an outer join, as pandas calls it',
    async () => frame.join(frame, { on: 'x', how: wrong('outer') }),
    'join: there is no "outer" join; an outer join is "full"; there are inner, left, right, full,',
  ],
  [
    'from where the rows of a semi join are',
    async () => frame.join(frame, { on: 'x', how: 'semi', indicator: true }),
    'join: a semi join has rows of one kind: it has no indicator',
  ],
  [
    'an indicator that is called as a column',
    async () => frame.join(frame, { on: 'x', indicator: 'y' }),
    'join: two columns would be called "y"; say another name: by indicator:',
  ],
  [
    'shares, by a slip of the pen',
    async () => frame.valueCounts('x', wrong({ normalise: true })),
    'valueCounts: there is no option "normalise"; did you mean "normalize"?',
  ],
  [
    'names in an array',
    async () => frame.distinct(wrong(['x'])),
    'distinct takes names of columns, not an array',
  ],
  [
    'an origin that is no time',
    async () => frame.resample('x', '1d', { origin: 'monday' }).agg({ n: tw.count() }),
    `dt.bucket: origin is a Date or its ISO text, '2024-01-01', not "monday"`,
  ],
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
  [
    'options of melt as pandas has them',
    async () => frame.melt(wrong({ id_vars: ['x'] })),
    'melt: there is no option "id_vars"; there are ids, values, variable, value',
  ],
  [
    'a function without what it gives',
    async () =>
      frame.apply(
        wrong(() => 1),
        undefinedFrame,
      ),
    "apply takes options behind the function, such as { schema: { y: 'float64' } }, not undefined",
  ],
])('%s', (_, call, message) => expect(call()).rejects.toThrow(message));
