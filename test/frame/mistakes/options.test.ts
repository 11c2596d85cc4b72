/** Options that readers, writers and verbs do not have, as other libraries call theirs or by a slip of the pen: the call says which there are. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as tw from '../../../src/index.js';
import { limitLeaving } from '../../support/memory.js';
import { frame, undefinedFrame, wrong } from './frame.js';

let engine: tw.LocalEngine;
beforeAll(() => {
  engine = new tw.LocalEngine({ threads: 1, memoryLimit: limitLeaving(0.7e9, 1) });
});
afterAll(() => engine.dispose());

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
