/**
 * What the compiler knows of frames. Checked by `npm run typecheck`; nothing here runs. What must not compile has `@ts-expect-error`.
 */
import type { Table } from 'apache-arrow';
import type { AnyFrame, AnySchema, Batch, ColumnType, DataFrame, Row } from '../../src/frame/index.js';
import {
  coalesce,
  col,
  count,
  desc,
  duration,
  fromColumns,
  fromRows,
  lit,
  readParquet,
  struct,
  when,
} from '../../src/frame/index.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function is<T extends boolean>(holds: T): void;
/** The schema of a frame. */
type S<F> = F extends DataFrame<infer X> ? X : never;

interface Flights {
  date: 'timestamp';
  delay: 'int64';
  distance: 'int32';
  origin: 'string';
  destination: 'string';
}
interface Airports {
  iata: 'string';
  city: 'string';
  latitude: 'float64';
  origin: 'uint8';
}
declare const airports: DataFrame<Airports>;
declare const wide: DataFrame<{
  i8: 'int8';
  u8: 'uint8';
  i16: 'int16';
  u16: 'uint16';
  i32: 'int32';
  u32: 'uint32';
  i64: 'int64';
  u64: 'uint64';
  f32: 'float32';
  f64: 'float64';
  dec: 'decimal';
  day: 'date';
  at: 'timestamp';
  zoned: 'timestamptz';
  span: 'interval';
  text: 'string';
  flag: 'bool';
  list: { list: 'int32' };
  place: { struct: { city: 'string'; at: { list: 'float64' } } };
}>;
declare const some: number;
const df = await readParquet<Flights>('flights.parquet');

// The example.
const late = df
  .filter(col('delay').gt(0))
  .groupBy('origin')
  .agg({ n: count(), mean: col('delay').mean() });
is<Equal<S<typeof late>, { origin: 'string'; n: 'int64'; mean: 'float64' }>>(true);
is<
  Equal<
    Awaited<ReturnType<typeof late.rows>>,
    { origin: string | null; n: number | bigint | null; mean: number | null }[]
  >
>(true);
// Computing and writing.
declare const counted: DataFrame<{ origin: 'string'; n: 'int64' }>;
is<Equal<Awaited<ReturnType<typeof counted.compute>>, Table>>(true);
is<Equal<ReturnType<typeof counted.batches>, AsyncGenerator<Batch, void, void>>>(true);
const each = async () => {
  for await (const row of counted) return row;
  throw new Error('no rows');
};
is<Equal<Awaited<ReturnType<typeof each>>, Row<{ origin: 'string'; n: 'int64' }>>>(true);
void counted.toParquet('x', { partitionBy: ['origin'] });
// @ts-expect-error no such column
void counted.toParquet('x', { partitionBy: 'city' });
// @ts-expect-error no such codec
void counted.toParquet('x', { compression: 'rar' });
void counted.toCsv('x', { delimiter: ';' });
// @ts-expect-error no such option
void counted.toCsv('x', { separator: ';' });
void counted.toJson('x', { format: 'array' });
// @ts-expect-error no such format
void counted.toJson('x', { format: 'yaml' });
void counted.toArrow('x', { format: 'stream' });
// @ts-expect-error no such format
void counted.toArrow('x', { format: 'parquet' });

// A file of which nothing is known may be any frame.
const anyFile: () => Promise<AnyFrame> = async () => readParquet('flights.parquet');
void anyFile;
declare const priced: DataFrame<{ price: 'decimal'; n: 'int32' }>;
is<Equal<Awaited<ReturnType<typeof priced.rows>>, { price: number | null; n: number | null }[]>>(true);
const exactly = () => priced.rows({ decimal: 'string' });
is<Equal<Awaited<ReturnType<typeof exactly>>, { price: string | null; n: number | null }[]>>(true);
is<Equal<Row<{ a: 'date'; b: { list: 'bool' } }>, { a: Date | null; b: (boolean | null)[] | null }>>(true);

// A wrong name is an error wherever one can stand.
// @ts-expect-error no such column
df.filter(col('dely').gt(0));
// @ts-expect-error nor within a larger expression
df.filter(col('delay').gt(0).and(col('nope').isNull()));
// @ts-expect-error
df.select('dely');
// @ts-expect-error
df.select({ x: col('dely') });
// @ts-expect-error
df.withColumns({ x: col('delay').add(col('dely')) });
// @ts-expect-error
df.groupBy('dely');
// @ts-expect-error
df.groupBy('origin').agg({ x: col('dely').sum() });
// @ts-expect-error
df.agg({ x: col('dely').sum() });
// @ts-expect-error
df.sort('dely');
// @ts-expect-error
df.sort(desc('dely'));
// @ts-expect-error
df.drop('dely');
// @ts-expect-error
df.distinct('dely');
// @ts-expect-error
df.dropNulls('dely');
// @ts-expect-error
df.explode('dely');
// @ts-expect-error
df.melt({ ids: ['dely'] });
// @ts-expect-error
df.melt({ values: ['dely'] });
// @ts-expect-error
df.join(airports, { on: 'iata' });
// @ts-expect-error
df.join(airports, { leftOn: 'origin', rightOn: 'code' });
// @ts-expect-error
df.valueCounts('dely');
// @ts-expect-error
df.withColumns({ x: col('delay').sum().over('dely') });
// @ts-expect-error a column that a select left out
df.select('delay').filter(col('origin').eq('SEA'));
// @ts-expect-error a key that groups do not have
late.sort('delay');
// @ts-expect-error what was renamed
df.rename({ origin: 'from' }).select('origin');
// @ts-expect-error a type is none
df.cast({ delay: 'integer' });
// @ts-expect-error types of columns are ours
await readParquet<{ x: 'number' }>('x.parquet');

// Verbs.
const selected = df.select('date', { later: col('delay').add(1), code: col('origin').str.lower() });
is<Equal<S<typeof selected>, { date: 'timestamp'; later: 'int64'; code: 'string' }>>(true);
const more = df.withColumns({ delay: col('delay').cast('float32'), year: col('date').dt.year() });
is<
  Equal<
    S<typeof more>,
    {
      date: 'timestamp';
      distance: 'int32';
      origin: 'string';
      destination: 'string';
      delay: 'float32';
      year: 'int64';
    }
  >
>(true);
const renamed = df.select('origin', 'delay').rename({ origin: 'from' });
is<Equal<S<typeof renamed>, { from: 'string'; delay: 'int64' }>>(true);
const dropped = df.drop('date', 'delay', 'distance');
is<Equal<S<typeof dropped>, { origin: 'string'; destination: 'string' }>>(true);
const cast = df.select('delay', 'origin').cast({ delay: 'int16' });
is<Equal<S<typeof cast>, { origin: 'string'; delay: 'int16' }>>(true);
const rows = df.filter(col('delay').gt(0)).sort(desc('delay')).limit(3).distinct('origin').sample(0.5);
is<Equal<S<typeof rows>, Flights>>(true);
const grouped = df
  .groupBy('origin', { month: col('date').dt.month() })
  .agg({ total: col('distance').sum(), all: col('distance').toList(), first: col('date').first() });
is<
  Equal<
    S<typeof grouped>,
    {
      origin: 'string';
      month: 'int64';
      total: 'int64';
      all: { readonly list: 'int32' };
      first: 'timestamp';
    }
  >
>(true);
const counts = df.valueCounts('origin');
is<Equal<S<typeof counts>, { origin: 'string'; count: 'int64' }>>(true);
const total = df.agg({ most: col('distance').max(), share: col('distance').mean().div(2) });
is<Equal<S<typeof total>, { most: 'int32'; share: 'float64' }>>(true);

// Joins: what is joined on by one name is there once, other names of both get the suffix.
const left = df.select('origin', 'delay');
const sameName = left.join(airports, { on: 'origin' });
is<
  Equal<
    S<typeof sameName>,
    { origin: 'string'; delay: 'int64'; iata: 'string'; city: 'string'; latitude: 'float64' }
  >
>(true);
const otherName = left.join(airports, { leftOn: 'origin', rightOn: 'iata', how: 'left' });
is<
  Equal<
    S<typeof otherName>,
    {
      origin: 'string';
      delay: 'int64';
      iata: 'string';
      city: 'string';
      latitude: 'float64';
      origin_right: 'uint8';
    }
  >
>(true);
const suffixed = left.join(airports, { how: 'cross', suffix: '_a' });
is<Equal<S<typeof suffixed>['origin_a'], 'uint8'>>(true);
const semi = left.join(airports, { leftOn: 'origin', rightOn: 'iata', how: 'semi' });
is<Equal<S<typeof semi>, { origin: 'string'; delay: 'int64' }>>(true);
const several = df.join(df.select('origin', 'destination', 'delay'), { on: ['origin', 'destination'] });
is<Equal<S<typeof several>['delay_right'], 'int64'>>(true);
// @ts-expect-error joined on, so there once
several.select('origin_right');
const asof = df.select('date', 'origin').join(df.select('date', 'delay'), { asof: 'date' });
is<Equal<S<typeof asof>, { date: 'timestamp'; origin: 'string'; delay: 'int64' }>>(true);

// Shape.
const exploded = wide.select('text', 'list').explode('list');
is<Equal<S<typeof exploded>, { text: 'string'; list: 'int32' }>>(true);
const melted = df.melt({ ids: ['origin'], values: ['delay'], variable: 'what', value: 'much' });
is<Equal<S<typeof melted>, { origin: 'string'; what: 'string'; much: 'int64' }>>(true);
const mixed = df.select('origin', 'delay', 'distance').melt({ ids: ['origin'] });
is<Equal<S<typeof mixed>['variable'], 'string'>>(true);
// @ts-expect-error neither an id nor a result
mixed.select('delay');

// Arithmetic is DuckDB's: whole numbers of the program fit themselves to the column, others are float64.
const sums = wide.select({
  a: col('i8').add(1),
  b: col('i32').mul(0.5),
  c: col('f32').sub(1),
  d: col('f32').sub(0.5),
  e: col('dec').mul(2),
  f: col('dec').mul(col('i64')),
  g: col('i8').add(col('i16')),
  h: col('u8').add(col('i8')),
  i: col('u16').add(col('u32')),
  j: col('i64').add(col('u64')),
  k: col('f32').add(col('f64')),
  l: col('i16').div(2),
  m: col('i64').add(1n),
  n: col('i32').add(some),
});
is<
  Equal<
    S<typeof sums>,
    {
      a: 'int8';
      b: 'float64';
      c: 'float32';
      d: 'float64';
      e: 'decimal';
      f: 'decimal';
      g: 'int16';
      h: 'int64';
      i: 'uint32';
      j: 'int64';
      k: 'float64';
      l: 'float64';
      m: 'int64';
      n: 'int32' | 'float64';
    }
  >
>(true);
const times = wide.select({
  days: col('day').sub(col('day')),
  next: col('day').add(1),
  later: col('day').add(duration('1h')),
  span: col('at').sub(col('at')),
  ago: col('zoned').sub(col('span')),
});
is<
  Equal<
    S<typeof times>,
    { days: 'int64'; next: 'date'; later: 'timestamp'; span: 'interval'; ago: 'timestamptz' }
  >
>(true);
const totals = wide.agg({
  a: col('i8').sum(),
  b: col('f32').sum(),
  c: col('dec').sum(),
  d: col('flag').sum(),
  e: col('i8').add(1).sum(),
});
is<Equal<S<typeof totals>, { a: 'int64'; b: 'float64'; c: 'decimal'; d: 'int64'; e: 'int64' }>>(true);

// Values and choices.
const values = wide.select({
  one: 1,
  half: 0.5,
  large: 3_000_000_000,
  text: lit('a'),
  typed: lit(1, 'uint8'),
  choice: when(col('i8').gt(0), 'plus').otherwise('minus'),
  number: when(col('i8').gt(0), 1).otherwise(0.5),
  kept: col('i8').fillNull(0),
  first: coalesce(col('i8'), col('f64'), 0),
  field: col('place').struct.field('city'),
  deep: col('place').struct.field('at').list.first(),
  made: struct({ x: col('i8'), y: 'a' }),
});
is<
  Equal<
    S<typeof values>,
    {
      one: 'int32';
      half: 'float64';
      large: 'int32' | 'int64';
      text: 'string';
      typed: 'uint8';
      choice: 'string';
      number: 'float64';
      kept: 'int8';
      first: 'float64';
      field: 'string';
      deep: 'float64';
      made: { readonly struct: { readonly x: 'int8'; readonly y: 'string' } };
    }
  >
>(true);

// What is not known accepts any name, and what follows is known as far as it can be.
const unknown = await readParquet('anything.parquet');
is<Equal<S<typeof unknown>, AnySchema>>(true);
const known = unknown.filter(col('any').gt(1)).select('a', { b: col('c').mean(), n: count() });
is<Equal<S<typeof known>, { a: ColumnType; b: 'float64'; n: 'int64' }>>(true);
// @ts-expect-error left out
known.select('c');
unknown
  .drop('x')
  .rename({ y: 'z' })
  .withColumns({ w: col('v').cast('date') })
  .sort('u');
unknown
  .join(df, { on: 'origin' })
  .explode('whatever')
  .melt({ ids: ['i'] });
const told = unknown.withTypes<{ x: 'int64' }>().select('x');
is<Equal<S<typeof told>, { x: 'int64' }>>(true);
const any: AnyFrame = df;
any.rows();

// From the program's own values.
const made = fromRows([
  { x: 1, y: 'a', z: [true], w: new Date() },
  { x: null, y: 'b', z: [], w: null },
]);
is<Equal<S<typeof made>['y'], 'string'>>(true);
is<Equal<S<typeof made>['x'], 'int64' | 'float64'>>(true);
is<Equal<S<typeof made>['w'], 'timestamp'>>(true);
// @ts-expect-error
made.select('v');
const declared = fromColumns({ x: [1, 2] }, { schema: { x: 'int8' } });
is<Equal<S<typeof declared>['x'], 'int8'>>(true);

// over: all rows, groups by name, or options.
const overs = df.select({
  all: col('delay').sum().over(),
  none: col('delay').sum().over({}),
  one: col('delay').sum().over('origin'),
  two: col('delay').sum().over(['origin', 'destination']),
  ordered: col('delay').sum().over({ partitionBy: 'origin', orderBy: 'date' }),
});
is<Equal<S<typeof overs>, { all: 'int64'; none: 'int64'; one: 'int64'; two: 'int64'; ordered: 'int64' }>>(
  true,
);
// @ts-expect-error no such column
df.select({ x: col('delay').sum().over('nope') });

// Subtotals, quantiles, pictures and series.
const subtotals = df
  .groupBy('origin', { month: col('date').dt.month() })
  .rollup()
  .agg({ n: count(), far: col('distance').max() });
is<Equal<S<typeof subtotals>, { origin: 'string'; month: 'int64'; n: 'int64'; far: 'int32' }>>(true);
const cube = df.groupBy('origin').cube().agg({ n: count() });
is<Equal<S<typeof cube>, { origin: 'string'; n: 'int64' }>>(true);
df.groupBy('origin', 'destination')
  .groupingSets([['origin'], []])
  .agg({ n: count() });
// @ts-expect-error no key
df.groupBy('origin').groupingSets([['destination']]);
const rolled = df.groupBy('origin').rollup();
// @ts-expect-error no column
rolled.agg({ x: col('nope').sum() });
const quantiles = df.quantile(0.5, 'delay', 'distance');
is<Equal<S<typeof quantiles>, { delay: 'float64'; distance: 'float64' }>>(true);
// @ts-expect-error no column
df.quantile(0.5, 'nope');
is<Equal<ReturnType<typeof df.visualize>, string>>(true);
const smooth = df.select({
  filled: col('delay').interpolate(),
  within: col('delay').interpolate({ by: 'date', partitionBy: 'origin' }),
  mean: col('delay').ewmMean({ span: 3, partitionBy: 'origin', orderBy: desc('date') }),
});
is<Equal<S<typeof smooth>, { filled: 'float64'; within: 'float64'; mean: 'float64' }>>(true);
// @ts-expect-error no column
df.select({ x: col('delay').interpolate({ by: 'nope' }) });
// @ts-expect-error no column
df.select({ x: col('delay').ewmMean({ com: 1, partitionBy: 'nope' }) });
is<Equal<ReturnType<typeof df.sort>, typeof df>>(true);
df.sort('delay', desc('date'), { stable: true });
// @ts-expect-error no such option
df.sort('delay', { stabel: true });

// Rows.
is<Equal<S<ReturnType<typeof df.nLargest>>, Flights>>(true);
is<Equal<S<ReturnType<typeof df.nSmallest>>, Flights>>(true);
is<Equal<S<ReturnType<typeof df.head>>, Flights>>(true);
is<Equal<S<ReturnType<typeof df.tail>>, Flights>>(true);
is<Equal<S<ReturnType<typeof df.slice>>, Flights>>(true);
is<Equal<S<ReturnType<typeof df.dropNulls>>, Flights>>(true);
is<Equal<S<ReturnType<typeof df.fillForward>>, Flights>>(true);
is<Equal<S<ReturnType<typeof df.fillBackward>>, Flights>>(true);
is<Equal<S<ReturnType<typeof df.fillNull>>, Flights>>(true);
// @ts-expect-error no column
df.nLargest(3, 'nope');
// @ts-expect-error no column
df.fillNull({ nope: 0 });
// @ts-expect-error no column
df.fillForward('nope');

// Groups.
const by = df.groupBy('origin');
is<Equal<S<ReturnType<typeof by.head>>, Flights>>(true);
is<Equal<S<ReturnType<typeof by.tail>>, Flights>>(true);
is<Equal<S<ReturnType<typeof by.nth>>, Flights>>(true);
is<Equal<S<ReturnType<typeof by.count>>, { origin: 'string'; count: 'int64' }>>(true);
const [sum, mean, min, max, median, std, variance, different, first, last, list, quantile] = [
  by.sum('distance'),
  by.mean('distance'),
  by.min('distance'),
  by.max('date'),
  by.median('delay'),
  by.std('delay'),
  by.var('delay'),
  by.nunique('date'),
  by.first('date'),
  by.last('distance'),
  by.toList('distance'),
  by.quantile(0.1, 'delay'),
] as const;
is<Equal<S<typeof sum>, { origin: 'string'; distance: 'int64' }>>(true);
is<Equal<S<typeof mean>, { origin: 'string'; distance: 'float64' }>>(true);
is<Equal<S<typeof min>, { origin: 'string'; distance: 'int32' }>>(true);
is<Equal<S<typeof max>, { origin: 'string'; date: 'timestamp' }>>(true);
is<Equal<S<typeof median>, { origin: 'string'; delay: 'float64' }>>(true);
is<Equal<S<typeof std>, { origin: 'string'; delay: 'float64' }>>(true);
is<Equal<S<typeof variance>, { origin: 'string'; delay: 'float64' }>>(true);
is<Equal<S<typeof different>, { origin: 'string'; date: 'int64' }>>(true);
is<Equal<S<typeof first>, { origin: 'string'; date: 'timestamp' }>>(true);
is<Equal<S<typeof last>, { origin: 'string'; distance: 'int32' }>>(true);
is<Equal<S<typeof list>, { origin: 'string'; distance: { readonly list: 'int32' } }>>(true);
is<Equal<S<typeof quantile>, { origin: 'string'; delay: 'float64' }>>(true);
// @ts-expect-error no column
by.sum('nope');
const buckets = df.resample('date', '1d', { by: 'origin' }).agg({ n: count() });
is<Equal<S<typeof buckets>, { origin: 'string'; date: 'timestamp'; n: 'int64' }>>(true);
// @ts-expect-error no column of times
df.resample('nope', '1d');

const prices = df.resample('date', '1d').ohlc('delay');
is<Equal<S<typeof prices>['date'], 'timestamp'>>(true);
is<Equal<S<typeof prices>['close'], Flights['delay']>>(true);
const daily = df.resample('date', '1d', { by: 'origin' }).sum('distance');
is<Equal<S<typeof daily>, { origin: 'string'; date: 'timestamp'; distance: 'int64' }>>(true);
const quarters = by.quantile([0.1, 0.9], 'delay');
is<Equal<S<typeof quarters>, { origin: 'string'; quantile: 'float64'; delay: 'float64' }>>(true);
const meansOfAll = df.mean('distance', 'delay');
is<Equal<S<typeof meansOfAll>, { distance: 'float64'; delay: 'float64' }>>(true);
const sumsOfAll = df.sum('distance');
is<Equal<S<typeof sumsOfAll>, { distance: 'int64' }>>(true);
// @ts-expect-error no column
df.max('nope');
const lower = df.rename((name) => name.toLowerCase());
lower.select('anything');
const quartersOfAll = df.quantile([0.1, 0.9], 'delay');
is<Equal<S<typeof quartersOfAll>, { quantile: 'float64'; delay: 'float64' }>>(true);
const ofGroups = await by.describe('distance', 'destination');
is<Equal<S<typeof ofGroups>['distance_75%'], 'float64'>>(true);
is<Equal<S<typeof ofGroups>['destination_max'], 'string'>>(true);
// @ts-expect-error text has no mean
is<Equal<S<typeof ofGroups>['destination_mean'], 'float64'>>(true);
const beside = by.transform({
  share: col('delay').div(col('delay').sum()),
  distance: col('distance').mean(),
});
is<Equal<S<typeof beside>['share'], 'float64'>>(true);
is<Equal<S<typeof beside>['distance'], 'float64'>>(true);
// @ts-expect-error no column
by.transform({ x: col('nope').sum() });
// @ts-expect-error no column
by.nLargest(2, 'nope');
is<Equal<S<ReturnType<typeof by.nLargest>>, Flights>>(true);
// @ts-expect-error no such rows
df.nLargest(2, 'delay', { keep: 'any' });
// @ts-expect-error no column
df.sample({ n: 2, weights: 'nope' });
// @ts-expect-error how many or which share
df.sample({ n: 2, fraction: 0.5 });

// Rows that stay, and rows that are drawn.
is<Equal<S<ReturnType<typeof kept>>, S<typeof df>>>(true);
const kept = () => df.distinct('origin', { keep: 'last' }).sample({ n: 3, seed: 1 });
// @ts-expect-error no column
df.distinct('nope', { keep: 'last' });
// @ts-expect-error no such rows
df.distinct('origin', { keep: 'any' });
// @ts-expect-error no number
df.sample({ n: '3' });
const shifted = df.select({ a: col('distance').shift(1, { fill: 0 }), b: col('delay').rank({ pct: true }) });
is<Equal<S<typeof shifted>, { a: 'int32'; b: 'float64' }>>(true);
// @ts-expect-error no column
df.select({ a: col('distance').shift(1, { fill: col('nope') }) });

// From where rows are, and shares.
const other = df.select('origin', { far: col('distance') });
is<
  Equal<
    S<ReturnType<typeof merged>>,
    { origin: 'string'; far: 'int32'; far_right: 'int32'; _merge: 'string' }
  >
>(true);
const merged = () => other.join(other, { on: 'origin', how: 'full', indicator: true });
is<Equal<S<ReturnType<typeof from>>, { origin: 'string'; far: 'int32'; far_right: 'int32'; from: 'string' }>>(
  true,
);
const from = () => other.join(other, { on: 'origin', how: 'left', indicator: 'from' });
is<Equal<S<ReturnType<typeof plain>>, { origin: 'string'; far: 'int32'; far_right: 'int32' }>>(true);
const plain = () => other.join(other, { on: 'origin', indicator: false });
is<Equal<S<ReturnType<typeof shares>>, { origin: 'string'; distance: 'int32'; proportion: 'float64' }>>(true);
const shares = () => df.valueCounts('origin', 'distance', { normalize: true });
// @ts-expect-error no column
df.valueCounts('nope', { normalize: true });
// @ts-expect-error no number
df.join(other, { on: 'origin', indicator: 1 });

// Pivot, describe, corr.
const pivoted = df.pivot({ index: 'date', on: 'origin', values: 'distance', names: ['SEA', 'LAX'] });
is<Equal<S<typeof pivoted>, { date: 'timestamp'; SEA: 'int32'; LAX: 'int32' }>>(true);
const summed = df.pivot({
  index: ['date', 'delay'],
  on: 'destination',
  values: 'distance',
  aggregate: 'sum',
  names: ['SEA', null],
});
is<Equal<S<typeof summed>, { date: 'timestamp'; delay: 'int64'; SEA: 'int64'; null: 'int64' }>>(true);
const means = df.pivot({ index: 'date', on: 'delay', values: 'distance', aggregate: 'mean', names: [1, 2] });
is<Equal<S<typeof means>, { date: 'timestamp'; 1: 'float64'; 2: 'float64' }>>(true);
declare const names: string[];
const margins = df.pivot({
  index: 'date',
  on: 'origin',
  values: 'distance',
  aggregate: 'max',
  margins: 'all',
  names: ['SEA'],
});
is<Equal<S<typeof margins>, { date: 'timestamp'; SEA: 'int32'; all: 'int32' }>>(true);
is<Equal<S<ReturnType<typeof pivotOf>>, AnySchema>>(true);
const pivotOf = () => df.pivot({ index: 'date', on: 'origin', values: 'distance', names });
const found = await df.pivot({ index: 'date', on: 'origin', values: 'distance' });
is<Equal<S<typeof found>, AnySchema>>(true);
// @ts-expect-error no column
df.pivot({ index: 'nope', on: 'origin', values: 'distance', names: ['a'] });
const dummies = df.select('delay', 'origin').toDummies('origin', { names: ['SEA', null] });
is<Equal<S<typeof dummies>, { delay: 'int64'; origin_SEA: 'bool'; origin_null: 'bool' }>>(true);
is<Equal<S<Awaited<ReturnType<typeof dummiesOf>>>, AnySchema>>(true);
const dummiesOf = () => df.toDummies('origin');
// @ts-expect-error no column
df.toDummies('nope', { names: ['a'] });
const replaced = df.select({
  same: col('origin').replace({ SEA: 'Seattle' }),
  other: col('origin').replace({ SEA: 1 }, { otherwise: null }),
  nulls: col('delay').replace(new Map([[-9, null]])),
  part: col('delay').qcut(4),
  even: col('delay').cut(4),
  evenLabel: col('delay').cut(2, { labels: ['low', 'high'] }),
  breaks: col('delay').cut([0, 1]),
  label: col('delay').qcut(2, { labels: ['low', 'high'] }),
});
is<
  Equal<
    S<typeof replaced>,
    {
      same: 'string';
      other: 'int32';
      nulls: 'int64';
      part: 'int32';
      even: 'int32';
      evenLabel: 'string';
      breaks: 'string';
      label: 'string';
    }
  >
>(true);
const described = await wide.select('i8', 'text', 'day', 'list', 'flag', 'span').describe();
is<
  Equal<
    S<typeof described>,
    { statistic: 'string'; i8: 'float64'; text: 'string'; day: 'string'; flag: 'float64' }
  >
>(true);
is<Equal<S<Awaited<ReturnType<typeof unknown.describe>>>, AnySchema>>(true);
const related = await df.corr('delay', 'distance');
is<Equal<S<typeof related>, { column: 'string'; delay: 'float64'; distance: 'float64' }>>(true);
const spread = await df.cov('delay', 'distance');
is<Equal<typeof spread, typeof related>>(true);
// @ts-expect-error no column
await df.cov('nope');
const allRelated = await df.corr();
is<Equal<S<typeof allRelated>, { column: 'string'; delay: 'float64'; distance: 'float64' }>>(true);
// @ts-expect-error no column
await df.corr('nope');

// Computing.
is<Equal<Awaited<ReturnType<typeof df.schema>>, Flights>>(true);
is<Equal<Awaited<ReturnType<typeof df.count>>, number>>(true);
for await (const row of df.select('delay')) is<Equal<typeof row, { delay: number | bigint | null }>>(true);
// @ts-expect-error no column
await df.toArray('nope');
// @ts-expect-error no column
await df.toParquet('x', { partitionBy: 'nope' });
