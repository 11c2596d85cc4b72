import { callNode, type ExprNode, literalNode } from '../expr/node.js';

/**
 * What functions of expressions are in DuckDB's SQL, one row each: arguments come as SQL, already safe to put together. Where SQL and
 * the dataframe libraries differ, the row says the libraries' meaning (rounding of division, roots of negative numbers).
 */
type Template = (...args: string[]) => string;

const infix =
  (operator: string): Template =>
  (a, b) =>
    `(${a} ${operator} ${b})`;
const call =
  (name: string): Template =>
  (...args) =>
    `${name}(${args.join(', ')})`;
/** A float function that is NaN, not an error, outside of its domain. */
const within =
  (name: string, outside: (x: string) => string, value = "'nan'::DOUBLE"): Template =>
  (x) =>
    `CASE WHEN ${outside(x!)} THEN ${value} ELSE ${name}(${x}) END`;

export const SCALAR: Readonly<Record<string, Template>> = {
  add: infix('+'),
  sub: infix('-'),
  mul: infix('*'),
  div: infix('/'),
  floorDiv: (a, b) => `((${a} - ((${a} % ${b}) + ${b}) % ${b}) / ${b})`,
  mod: (a, b) => `(((${a} % ${b}) + ${b}) % ${b})`,
  pow: call('pow'),
  neg: (x) => `(-${x})`,
  abs: call('abs'),
  sign: call('sign'),
  sqrt: within('sqrt', (x) => `${x} < 0`),
  cbrt: call('cbrt'),
  exp: call('exp'),
  ln: (x) =>
    `CASE WHEN ${x} > 0 THEN ln(${x}) WHEN ${x} = 0 THEN '-inf'::DOUBLE WHEN ${x} < 0 THEN 'nan'::DOUBLE ELSE NULL END`,
  log10: (x) =>
    `CASE WHEN ${x} > 0 THEN log10(${x}) WHEN ${x} = 0 THEN '-inf'::DOUBLE WHEN ${x} < 0 THEN 'nan'::DOUBLE ELSE NULL END`,
  log2: (x) =>
    `CASE WHEN ${x} > 0 THEN log2(${x}) WHEN ${x} = 0 THEN '-inf'::DOUBLE WHEN ${x} < 0 THEN 'nan'::DOUBLE ELSE NULL END`,
  sin: call('sin'),
  cos: call('cos'),
  tan: call('tan'),
  arcsin: call('asin'),
  arccos: call('acos'),
  arctan: call('atan'),
  arctan2: call('atan2'),
  degrees: call('degrees'),
  radians: call('radians'),
  floor: call('floor'),
  ceil: call('ceil'),
  trunc: call('trunc'),
  round: call('round_even'),
  clip: (x, low, high) => `greatest(least(${x}, ${high}), ${low})`,
  least: call('least'),
  greatest: call('greatest'),
  eq: infix('='),
  ne: infix('<>'),
  lt: infix('<'),
  le: infix('<='),
  gt: infix('>'),
  ge: infix('>='),
  eqMissing: infix('IS NOT DISTINCT FROM'),
  and: infix('AND'),
  or: infix('OR'),
  xor: (a, b) => `(${a} <> ${b})`,
  not: (x) => `(NOT ${x})`,
  isNull: (x) => `(${x} IS NULL)`,
  isNotNull: (x) => `(${x} IS NOT NULL)`,
  isNaN: call('isnan'),
  isFinite: call('isfinite'),
  isInfinite: call('isinf'),
  isIn: (x, ...values) => (values.length === 0 ? 'false' : `(${x} IN (${values.join(', ')}))`),
  between: (x, low, high) => `(${x} BETWEEN ${low} AND ${high})`,
  coalesce: call('coalesce'),
  fillNaN: (x, value) => `CASE WHEN isnan(${x}) THEN ${value} ELSE ${x} END`,
  nullIf: call('nullif'),
  hash: call('hash'),
  struct: (...pairs) => {
    const fields: string[] = [];
    for (let i = 0; i < pairs.length; i += 2) fields.push(`${pairs[i]} := ${pairs[i + 1]}`);
    return `struct_pack(${fields.join(', ')})`;
  },
  listOf: call('list_value'),
  concat: (...parts) => `(${parts.map((part) => `CAST(${part} AS VARCHAR)`).join(' || ')})`,

  'str.length': call('length'),
  'str.lower': call('lower'),
  'str.upper': call('upper'),
  'str.trim': call('trim'),
  'str.trimStart': call('ltrim'),
  'str.trimEnd': call('rtrim'),
  'str.contains': call('contains'),
  'str.startsWith': call('starts_with'),
  'str.endsWith': call('ends_with'),
  'str.like': infix('LIKE'),
  'str.matches': call('regexp_matches'),
  'str.replace': call('replace'),
  'str.replaceRegex': (x, pattern, by) => `regexp_replace(${x}, ${pattern}, ${by}, 'g')`,
  'str.extract': (x, pattern, group) => `nullif(regexp_extract(${x}, ${pattern}, ${group}), '')`,
  'str.extractAll': call('regexp_extract_all'),
  'str.count': (x, pattern) => `length(regexp_extract_all(${x}, ${pattern}))`,
  'str.find': (x, part) => `(strpos(${x}, ${part}) - 1)`,
  'str.split': call('string_split'),
  'str.slice': (x, from, to) => `array_slice(${x}, ${from}, ${to})`,
  'str.padStart': call('lpad'),
  'str.padEnd': call('rpad'),
  'str.repeat': call('repeat'),
  'str.reverse': call('reverse'),
  'str.capitalize': (x) => `(upper(left(${x}, 1)) || lower(substr(${x}, 2)))`,
  'str.title': (x) =>
    `array_to_string(list_transform(regexp_extract_all(${x}, '[[:alpha:]]+|[^[:alpha:]]+'), lambda w: upper(left(w, 1)) || lower(substr(w, 2))), '')`,
  'str.toDate': (x, format) => `CAST(strptime(${x}, ${format}) AS DATE)`,
  'str.toTimestamp': call('strptime'),
  'str.toInteger': (x) => `CAST(${x} AS BIGINT)`,

  'dt.year': call('year'),
  'dt.month': call('month'),
  'dt.day': call('day'),
  'dt.hour': call('hour'),
  'dt.minute': call('minute'),
  'dt.second': call('second'),
  'dt.millisecond': (x) => `(date_part('millisecond', ${x}) % 1000)`,
  'dt.microsecond': (x) => `(date_part('microsecond', ${x}) % 1000000)`,
  'dt.quarter': call('quarter'),
  'dt.week': call('weekofyear'),
  'dt.weekday': (x) => `(isodow(${x}) - 1)`,
  'dt.dayOfYear': call('dayofyear'),
  'dt.isLeapYear': (x) => `(day(last_day(make_date(year(${x})::BIGINT, 2, 1))) = 29)`,
  'dt.daysInMonth': (x) => `day(last_day(${x}))`,
  'dt.monthName': call('monthname'),
  'dt.dayName': call('dayname'),
  'dt.date': (x) => `CAST(${x} AS DATE)`,
  'dt.time': (x) => `CAST(${x} AS TIME)`,
  'dt.truncate': (x, unit) => `date_trunc(${unit}, ${x})`,
  'dt.bucket': (x, width, origin) => `time_bucket(${width}, ${x}, ${origin})`,
  'dt.epoch': (x) => `epoch_us(${x})`,
  'dt.format': call('strftime'),
  'dt.toZone': (x, zone) => `timezone(${zone}, ${x})`,
  'dt.diff': (a, b, unit) => `date_diff(${unit}, ${b}, ${a})`,
  'dt.totalSeconds': (x) => `epoch(${x})`,

  'list.length': call('len'),
  'list.get': (x, i) => `list_extract(${x}, CASE WHEN ${i} < 0 THEN ${i} ELSE ${i} + 1 END)`,
  'list.contains': call('list_contains'),
  'list.sum': call('list_sum'),
  'list.mean': call('list_avg'),
  'list.min': call('list_min'),
  'list.max': call('list_max'),
  'list.sort': call('list_sort'),
  'list.reverse': call('list_reverse'),
  'list.unique': call('list_distinct'),
  'list.slice': (x, from, to) => `list_slice(${x}, ${from}, ${to})`,
  'list.join': call('array_to_string'),
  'list.concat': call('list_concat'),

  'struct.field': call('struct_extract'),
};

/** An aggregate over parts of the rows and then over what came of them. */
export interface Decomposition {
  /** What is computed of each part: expressions with aggregates. */
  readonly partials: (args: readonly ExprNode[]) => readonly ExprNode[];
  /** The aggregate that puts the partials of several parts together, of each. */
  readonly merge: readonly string[];
  /** The result, from the partials of all parts together. */
  readonly finish: (partials: readonly ExprNode[]) => ExprNode;
  /** Holds for numbers only. */
  readonly numeric?: boolean;
}

export interface Aggregate {
  readonly sql: Template;
  /** Absent where the rows themselves must come together. */
  readonly decompose?: Decomposition;
  /** Whether the order of rows matters. */
  readonly ordered?: boolean;
}

const aggregateOf = (fn: string, args: readonly ExprNode[]): ExprNode => ({ kind: 'aggregate', fn, args });
const sum: Template = (x) => `coalesce(sum(${x}), 0)`;

/** The aggregate of the parts' aggregates is the aggregate of all. */
const itself = (fn: string): Decomposition => ({
  partials: (args) => [aggregateOf(fn, args)],
  merge: [fn],
  finish: ([whole]) => whole!,
});
const simple = (name: string): Aggregate => ({ sql: call(name), decompose: itself(name) });

/** Counts are added; a sum of integers has 128 bits, a count 64. */
const counted = (fn: string): Decomposition => ({
  partials: (args) => [aggregateOf(fn, args)],
  merge: ['sum'],
  finish: ([n]) => ({ kind: 'cast', value: n!, to: 'int64', strict: true }),
});

const field = (value: ExprNode, name: string): ExprNode => callNode('struct.field', value, literalNode(name));

/**
 * Count, mean and squared deviations of parts make those of the whole (Chan, Golub and LeVeque 1979): as accurate as one pass over all rows,
 * however far the mean is from 0.
 * @param least with fewer values there is no result
 * @param less what the count of values is made smaller by
 */
const deviations = (least: number, less: number, root: boolean): Decomposition => ({
  partials: (args) => [
    callNode(
      'struct',
      literalNode('n'),
      { kind: 'cast', value: aggregateOf('count', args), to: 'float64', strict: true },
      literalNode('mean'),
      callNode('coalesce', aggregateOf('mean', args), literalNode(0)),
      literalNode('squares'),
      callNode(
        'coalesce',
        callNode('mul', aggregateOf('varPopulation', args), aggregateOf('count', args)),
        literalNode(0),
      ),
    ),
  ],
  merge: ['mergeDeviations'],
  finish: ([whole]) => {
    const n = field(whole!, 'n');
    const variance = callNode('div', field(whole!, 'squares'), callNode('sub', n, literalNode(less)));
    return {
      kind: 'case',
      branches: [
        {
          when: callNode('ge', n, literalNode(least)),
          value: root ? callNode('sqrt', variance) : variance,
        },
      ],
      otherwise: undefined,
    };
  },
  numeric: true,
});

const mergeDeviations: Template = (x) =>
  `list_reduce(list(${x}), lambda a, b: struct_pack(n := a.n + b.n, mean := a.mean + (b.mean - a.mean) * (b.n / greatest(a.n + b.n, 1)), squares := a.squares + b.squares + (b.mean - a.mean) * (b.mean - a.mean) * (a.n * (b.n / greatest(a.n + b.n, 1)))))`;

export const AGGREGATE: Readonly<Record<string, Aggregate>> = {
  sum: { sql: sum, decompose: itself('sum') },
  product: { sql: (x) => `coalesce(product(${x}), 1)`, decompose: itself('product') },
  mean: {
    sql: call('avg'),
    decompose: {
      partials: (args) => [aggregateOf('sum', args), aggregateOf('count', args)],
      merge: ['sum', 'sum'],
      finish: ([total, n]) => callNode('div', total!, callNode('nullIf', n!, literalNode(0))),
      numeric: true,
    },
  },
  min: simple('min'),
  max: simple('max'),
  count: { sql: call('count'), decompose: counted('count') },
  size: { sql: () => 'count(*)', decompose: counted('size') },
  nunique: { sql: (x) => `count(DISTINCT ${x})` },
  std: { sql: call('stddev_samp'), decompose: deviations(2, 1, true) },
  var: { sql: call('var_samp'), decompose: deviations(2, 1, false) },
  stdPopulation: { sql: call('stddev_pop'), decompose: deviations(1, 0, true) },
  varPopulation: { sql: call('var_pop'), decompose: deviations(1, 0, false) },
  /** Of partial deviations; no user's. */
  mergeDeviations: { sql: mergeDeviations },
  skew: { sql: call('skewness') },
  corr: { sql: call('corr') },
  cov: { sql: call('covar_samp') },
  median: { sql: call('median') },
  quantile: { sql: call('quantile_cont') },
  first: { sql: (x) => `first(${x})`, ordered: true },
  last: { sql: (x) => `last(${x})`, ordered: true },
  list: { sql: call('list'), ordered: true },
  join: { sql: call('string_agg'), ordered: true },
  mode: { sql: call('mode') },
  any: { sql: (x) => `coalesce(bool_or(${x}), false)`, decompose: itself('any') },
  all: { sql: (x) => `coalesce(bool_and(${x}), true)`, decompose: itself('all') },
  argMin: { sql: call('arg_min') },
  argMax: { sql: call('arg_max') },
};

/** Functions that exist over windows only. */
export const WINDOW: Readonly<Record<string, Template>> = {
  rowNumber: () => 'row_number()',
  rank: () => 'rank()',
  denseRank: () => 'dense_rank()',
  percentRank: () => 'percent_rank()',
  ntile: call('ntile'),
  lag: call('lag'),
  lead: call('lead'),
  firstValue: call('first_value'),
  lastValue: call('last_value'),
  fillForward: (x) => `last_value(${x} IGNORE NULLS)`,
  fillBackward: (x) => `first_value(${x} IGNORE NULLS)`,
};
