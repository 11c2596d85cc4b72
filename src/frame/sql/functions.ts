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

/** How partial results of an aggregate over parts of the rows make the whole: over `p0`, `p1`, …, what the partials are called. */
export interface Decomposition {
  readonly partials: readonly Template[];
  /** Over the names of the partial columns: an expression with aggregates. */
  readonly combine: Template;
}

export interface Aggregate {
  readonly sql: Template;
  /** Absent where the rows themselves must come together. */
  readonly decompose?: Decomposition;
  /** Whether the order of rows matters. */
  readonly ordered?: boolean;
}

const sum: Template = (x) => `coalesce(sum(${x}), 0)`;
const simple = (name: string): Aggregate => ({
  sql: call(name),
  decompose: { partials: [call(name)], combine: call(name) },
});

/** Count, mean and squared deviations of parts make those of the whole (Chan, Golub and LeVeque 1979). */
const deviations = (finish: (squares: string, count: string) => string): Decomposition => ({
  partials: [(x) => `count(${x})`, (x) => `avg(${x})`, (x) => `coalesce(var_pop(${x}) * count(${x}), 0)`],
  combine: (n, mean, m2) =>
    finish(
      // Deviations of the parts' means, weighted by their counts: var_pop over pairs would lose digits.
      `(sum(${m2}) + greatest(sum(${n} * ${mean} * ${mean}) - sum(${n} * ${mean}) * sum(${n} * ${mean}) / sum(${n}), 0))`,
      `sum(${n})`,
    ),
});

export const AGGREGATE: Readonly<Record<string, Aggregate>> = {
  sum: { sql: sum, decompose: { partials: [call('sum')], combine: sum } },
  product: {
    sql: (x) => `coalesce(product(${x}), 1)`,
    decompose: { partials: [call('product')], combine: (x) => `coalesce(product(${x}), 1)` },
  },
  mean: {
    sql: call('avg'),
    decompose: {
      partials: [call('sum'), call('count')],
      combine: (total, n) => `(sum(${total}) / nullif(sum(${n}), 0))`,
    },
  },
  min: simple('min'),
  max: simple('max'),
  count: { sql: call('count'), decompose: { partials: [call('count')], combine: sum } },
  size: { sql: () => 'count(*)', decompose: { partials: [() => 'count(*)'], combine: sum } },
  nunique: { sql: (x) => `count(DISTINCT ${x})` },
  std: {
    sql: call('stddev_samp'),
    decompose: deviations((m2, n) => `CASE WHEN ${n} > 1 THEN sqrt(${m2} / (${n} - 1)) END`),
  },
  var: {
    sql: call('var_samp'),
    decompose: deviations((m2, n) => `CASE WHEN ${n} > 1 THEN ${m2} / (${n} - 1) END`),
  },
  stdPopulation: { sql: call('stddev_pop') },
  varPopulation: { sql: call('var_pop') },
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
  any: {
    sql: (x) => `coalesce(bool_or(${x}), false)`,
    decompose: { partials: [call('bool_or')], combine: (x) => `coalesce(bool_or(${x}), false)` },
  },
  all: {
    sql: (x) => `coalesce(bool_and(${x}), true)`,
    decompose: { partials: [call('bool_and')], combine: (x) => `coalesce(bool_and(${x}), true)` },
  },
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
