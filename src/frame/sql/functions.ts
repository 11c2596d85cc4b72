import type { AggregateName } from '../plan/aggregates.js';

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

/** White space, as Unicode has it. */
const WHITE =
  "'\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000'";

export const SCALAR: Readonly<Record<string, Template>> = {
  add: infix('+'),
  sub: infix('-'),
  mul: infix('*'),
  div: infix('/'),
  floorDiv: call('tw_floor_div'),
  mod: (a, b) =>
    `CASE WHEN ${a} % ${b} <> 0 AND (${a} % ${b} < 0) <> (${b} < 0) THEN ${a} % ${b} + ${b} ELSE ${a} % ${b} END`,
  pow: call('pow'),
  neg: (x) => `(-${x})`,
  abs: call('abs'),
  sign: call('tw_sign'),
  sqrt: within('sqrt', (x) => `${x} < 0`),
  cbrt: call('cbrt'),
  exp: call('exp'),
  ln: (x) =>
    `CASE WHEN ${x} > 0 THEN ln(${x}) WHEN ${x} = 0 THEN '-inf'::DOUBLE WHEN ${x} < 0 THEN 'nan'::DOUBLE ELSE NULL END`,
  log10: (x) =>
    `CASE WHEN ${x} > 0 THEN log10(${x}) WHEN ${x} = 0 THEN '-inf'::DOUBLE WHEN ${x} < 0 THEN 'nan'::DOUBLE ELSE NULL END`,
  log2: (x) =>
    `CASE WHEN ${x} > 0 THEN log2(${x}) WHEN ${x} = 0 THEN '-inf'::DOUBLE WHEN ${x} < 0 THEN 'nan'::DOUBLE ELSE NULL END`,
  sin: within('sin', (x) => `isinf(${x})`),
  cos: within('cos', (x) => `isinf(${x})`),
  tan: within('tan', (x) => `isinf(${x})`),
  arcsin: within('asin', (x) => `abs(${x}) > 1`),
  arccos: within('acos', (x) => `abs(${x}) > 1`),
  arctan: call('atan'),
  arctan2: call('atan2'),
  degrees: call('degrees'),
  radians: call('radians'),
  floor: call('tw_floor'),
  ceil: call('tw_ceil'),
  trunc: call('tw_trunc'),
  round: call('tw_round'),
  clip: call('tw_clip'),
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
  isNaN: call('tw_is_nan'),
  isFinite: call('isfinite'),
  isInfinite: call('isinf'),
  between: (x, low, high) => `(${x} BETWEEN ${low} AND ${high})`,
  coalesce: call('coalesce'),
  fillNaN: (x, value) => `CASE WHEN tw_is_nan(${x}) THEN ${value} ELSE ${x} END`,
  nullIf: call('nullif'),
  /** True where nothing was found that is an error; no user's. */
  refuse: (found, message) => `CASE WHEN ${found} IS NULL THEN true ELSE error(${message} || ${found}) END`,
  /** An error with a message; no user's. */
  fail: (message) => `error(${message})`,
  hash: call('hash'),
  place: call('tw_place'),
  /** What is summed for a mean, and the mean of a sum, a count and a null of the type; no user's. */
  addend: call('tw_addend'),
  meanOf: call('tw_mean'),
  series: call('tw_series'),
  /** Of what files hold of a span; no user's. */
  interval: (months, days, microseconds) =>
    `(to_months(${months}) + to_days(${days}) + to_microseconds(${microseconds}))`,
  struct: (...pairs) => {
    const fields: string[] = [];
    for (let i = 0; i < pairs.length; i += 2) fields.push(`${pairs[i]} := ${pairs[i + 1]}`);
    return `struct_pack(${fields.join(', ')})`;
  },
  concat: (...parts) => `(${parts.map((part) => `CAST(${part} AS VARCHAR)`).join(' || ')})`,

  'str.length': call('length'),
  'str.lower': call('lower'),
  'str.upper': call('upper'),
  'str.trim': (x, characters = WHITE) => `trim(${x}, ${characters})`,
  'str.trimStart': (x, characters = WHITE) => `ltrim(${x}, ${characters})`,
  'str.trimEnd': (x, characters = WHITE) => `rtrim(${x}, ${characters})`,
  'str.contains': call('contains'),
  'str.startsWith': call('starts_with'),
  'str.endsWith': call('ends_with'),
  'str.like': infix('LIKE'),
  'str.matches': call('regexp_matches'),
  'str.replace': call('replace'),
  'str.replaceRegex': (x, pattern, by) => `regexp_replace(${x}, ${pattern}, ${by}, 'g')`,
  'str.extract': (x, pattern, group) =>
    `CASE WHEN regexp_matches(${x}, ${pattern}) THEN regexp_extract(${x}, ${pattern}, ${group}) END`,
  'str.extractAll': call('regexp_extract_all'),
  'str.count': (x, pattern) => `length(regexp_extract_all(${x}, ${pattern}))`,
  'str.find': (x, part) => `(strpos(${x}, ${part}) - 1)`,
  'str.split': call('string_split'),
  'str.splitRegex': call('string_split_regex'),
  'str.splitTimes': (x, part, times) => {
    const parts = `string_split(${x}, ${part})`;
    return `CASE WHEN len(${parts}) > ${times} + 1 THEN list_append(${parts}[1:${times}], array_to_string(${parts}[${times} + 1:], ${part})) ELSE ${parts} END`;
  },
  'str.removePrefix': (x, part) =>
    `CASE WHEN starts_with(${x}, ${part}) THEN substr(${x}, length(${part}) + 1) ELSE ${x} END`,
  'str.removeSuffix': (x, part) =>
    `CASE WHEN ends_with(${x}, ${part}) THEN left(${x}, length(${x}) - length(${part})) ELSE ${x} END`,
  'str.zfill': (x, length) => {
    const filled = (text: string, to: string): string =>
      `lpad(${text}, greatest(${to}, length(${text}))::INTEGER, '0')`;
    return `CASE WHEN left(${x}, 1) IN ('+', '-') THEN left(${x}, 1) || ${filled(`substr(${x}, 2)`, `${length} - 1`)} ELSE ${filled(x!, length!)} END`;
  },
  'str.slice': (x, from, to) => `array_slice(${x}, ${from}, ${to})`,
  // SQL's would also cut what is longer.
  'str.padStart': (x, length, fill) => `lpad(${x}, greatest(${length}, length(${x}))::INTEGER, ${fill})`,
  'str.padEnd': (x, length, fill) => `rpad(${x}, greatest(${length}, length(${x}))::INTEGER, ${fill})`,
  'str.repeat': call('repeat'),
  'str.reverse': call('reverse'),
  'str.capitalize': (x) => `(upper(left(${x}, 1)) || lower(substr(${x}, 2)))`,
  'str.title': (x) =>
    `array_to_string(list_transform(regexp_extract_all(${x}, '\\p{L}+|\\P{L}+'), lambda w: upper(left(w, 1)) || lower(substr(w, 2))), '')`,
  'str.toDate': (x, format) => `CAST(strptime(${x}, ${format}) AS DATE)`,
  'str.toTimestamp': call('strptime'),
  'str.tryDate': (x, format) => `CAST(try_strptime(${x}, ${format}) AS DATE)`,
  'str.tryTimestamp': call('try_strptime'),
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
  'dt.isMonthStart': (x) => `(day(${x}) = 1)`,
  'dt.isMonthEnd': (x) => `(day(${x}) = day(last_day(${x})))`,
  'dt.isQuarterStart': (x) => `(day(${x}) = 1 AND month(${x}) % 3 = 1)`,
  'dt.isQuarterEnd': (x) => `(day(${x}) = day(last_day(${x})) AND month(${x}) % 3 = 0)`,
  'dt.isYearStart': (x) => `(dayofyear(${x}) = 1)`,
  'dt.isYearEnd': (x) => `(month(${x}) = 12 AND day(${x}) = 31)`,
  'dt.monthName': call('monthname'),
  'dt.dayName': call('dayname'),
  'dt.date': (x) => `CAST(${x} AS DATE)`,
  'dt.time': call('tw_time'),
  'dt.truncate': (x, unit) => `tw_truncate(${unit}, ${x})`,
  'dt.offset': call('tw_offset'),
  'dt.bucket': (x, width, origin) => `time_bucket(${width}, ${x}, ${origin})`,
  'dt.ceil': (x, width, origin) => {
    const below = `time_bucket(${width}, ${x}, ${origin})`;
    return `CASE WHEN ${below} = ${x} THEN ${x} ELSE tw_offset(${below}, ${width}) END`;
  },
  // Halves go to the even multiple of the width, of which so many microseconds are given too.
  'dt.round': (x, width, origin, micros) => {
    const below = `time_bucket(${width}, ${x}, ${origin})`;
    const [over, rest] = [
      `2 * (epoch_us(${x}) - epoch_us(${below}))`,
      `epoch_us(${below}) // ${micros} % 2 = 0`,
    ];
    return `CASE WHEN ${over} < ${micros} OR (${over} = ${micros} AND ${rest}) THEN ${below} ELSE tw_offset(${below}, ${width}) END`;
  },
  'dt.epoch': (x) => `epoch_us(${x})`,
  'dt.fromEpoch': (x, micros) => `make_timestamp(CAST(${x} * CAST(${micros} AS BIGINT) AS BIGINT))`,
  'dt.format': call('strftime'),
  'dt.toZone': (x, zone) => `timezone(${zone}, ${x})`,
  'dt.diff': (a, b, unit) => `date_diff(${unit}, ${b}, ${a})`,
  'dt.totalSeconds': (x) => `epoch(${x})`,

  'list.length': call('len'),
  'list.get': (x, i) => `list_extract(${x}, CASE WHEN ${i} < 0 THEN ${i} ELSE ${i} + 1 END)`,
  'list.contains': call('list_contains'),
  'list.sum': (x) => `CASE WHEN ${x} IS NOT NULL THEN coalesce(list_sum(${x}), 0) END`,
  'list.mean': call('list_avg'),
  'list.min': call('list_min'),
  'list.max': call('list_max'),
  'list.sort': call('list_sort'),
  'list.reverse': call('list_reverse'),
  'list.unique': (x) => `list_filter(${x}, lambda e, i: list_position(${x}, e) = i)`,
  'list.slice': (x, from, to) => `list_slice(${x}, ${from}, ${to})`,
  'list.join': call('array_to_string'),
  'list.concat': (x, y) => `CASE WHEN ${x} IS NOT NULL AND ${y} IS NOT NULL THEN list_concat(${x}, ${y}) END`,

  'struct.field': call('struct_extract'),
};

/** Functions of as many values as users' lists have, which may be more than a function can be called with. */
export const OF_LIST: Readonly<Record<string, (args: readonly string[]) => string>> = {
  isIn: ([x, ...values]) =>
    values.length === 0 ? `CASE WHEN ${x} IS NOT NULL THEN false END` : `(${x} IN (${values.join(', ')}))`,
  listOf: (args) => `list_value(${args.join(', ')})`,
};

/** Stands in a template behind each aggregate that gets the FILTER and OVER of the whole; without it they go to the end. */
export const HERE = '\0';

const sum: Template = (x) => `coalesce(sum(${x})${HERE}, 0)`;
/** DuckDB's moments are errors where a value is not finite: they are NaN. */
const finite =
  (name: string): Template =>
  (x) =>
    `CASE WHEN bool_or(NOT isfinite(tw_number(${x})))${HERE} THEN 'nan'::DOUBLE ELSE ${name}(CASE WHEN isfinite(tw_number(${x})) THEN tw_number(${x}) END)${HERE} END`;
const finitePairs =
  (name: string): Template =>
  (x, y) =>
    `CASE WHEN bool_or(NOT isfinite(${x}) AND ${y} IS NOT NULL OR NOT isfinite(${y}) AND ${x} IS NOT NULL)${HERE} THEN 'nan'::DOUBLE ELSE ${name}(CASE WHEN isfinite(${x}) THEN ${x} END, CASE WHEN isfinite(${y}) THEN ${y} END)${HERE} END`;

const mergeDeviations: Template = (x) =>
  `list_reduce(list(${x}), lambda a, b: struct_pack(n := a.n + b.n, mean := a.mean + (b.mean - a.mean) * (b.n / greatest(a.n + b.n, 1)), squares := a.squares + b.squares + (b.mean - a.mean) * (b.mean - a.mean) * (a.n * (b.n / greatest(a.n + b.n, 1)))))`;

/** Of aggregates; `plan/aggregates.ts` says how those of parts are put together. */
export const AGGREGATE: Readonly<Record<AggregateName, Template>> = {
  sum,
  product: (x) => `coalesce(product(${x})${HERE}, 1)`,
  mean: (x) => `avg(tw_number(${x}))`,
  min: call('min'),
  max: call('max'),
  count: call('count'),
  size: () => 'count(*)',
  nunique: (x) => `count(DISTINCT ${x})`,
  std: finite('stddev_samp'),
  var: finite('var_samp'),
  stdPopulation: finite('stddev_pop'),
  varPopulation: finite('var_pop'),
  mergeDeviations,
  skew: finite('skewness'),
  kurtosis: finite('kurtosis'),
  // What is rounded to beyond 1 is 1.
  corr: (x, y) => {
    const r = finitePairs('corr')(x!, y!);
    return `CASE WHEN (${r}) > 1 AND NOT isnan(${r}) THEN 1 WHEN (${r}) < -1 THEN -1 ELSE ${r} END`;
  },
  cov: finitePairs('covar_samp'),
  median: call('median'),
  quantile: call('quantile_cont'),
  first: call('first'),
  last: call('last'),
  list: call('list'),
  join: call('string_agg'),
  // Of several that are as frequent, the least.
  mode: (x) => `mode(${x} ORDER BY ${x})`,
  any: (x) => `coalesce(bool_or(${x})${HERE}, false)`,
  all: (x) => `coalesce(bool_and(${x})${HERE}, true)`,
  argMin: call('arg_min'),
  argMax: call('arg_max'),
  firstLeast: (x) => `first(${x} ORDER BY ${x}."by" NULLS LAST, ${x}.part)`,
  firstGreatest: (x) => `first(${x} ORDER BY ${x}."by" DESC NULLS LAST, ${x}.part)`,
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
  firstValue: (x) => `first_value(${x} IGNORE NULLS)`,
  lastValue: (x) => `last_value(${x} IGNORE NULLS)`,
  fillForward: (x) => `last_value(${x} IGNORE NULLS)`,
  fillBackward: (x) => `first_value(${x} IGNORE NULLS)`,
};
