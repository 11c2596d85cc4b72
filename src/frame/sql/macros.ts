/**
 * Functions whose meaning depends on the types of their arguments, which the writer of SQL does not know: DuckDB chooses among these
 * overloads when it binds a statement. They are put into a database when it is opened.
 */

const INTEGERS = [
  'TINYINT',
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'HUGEINT',
  'UTINYINT',
  'USMALLINT',
  'UINTEGER',
  'UBIGINT',
] as const;
const SIGNED = INTEGERS.filter((type) => !type.startsWith('U'));

type Overload = readonly [parameters: string, body: string];

/** One overload for each integer type, and those that follow. */
const ofIntegers = (
  parameters: (type: string) => string,
  body: (type: string) => string,
  ...others: readonly Overload[]
): Overload[] => [...INTEGERS.map((type): Overload => [parameters(type), body(type)]), ...others];

const rounding = (fn: string): Overload[] =>
  ofIntegers(
    (type) => `x ${type}`,
    () => 'x',
    ['x', `${fn}(x)`],
  );

/** Microseconds of a day. */
const DAY = 86_400_000_000;

/** Outside of a float function's domain the answer is NaN, not an error. */
const MACROS: Readonly<Record<string, readonly Overload[]>> = {
  tw_number: [
    ['x BOOLEAN', 'CAST(x AS TINYINT)'],
    ['x', 'x'],
  ],
  tw_floor: rounding('floor'),
  tw_ceil: rounding('ceil'),
  tw_trunc: rounding('trunc'),
  // Halves go to the even neighbour; of integers too, whose digits are never lost.
  tw_round: ofIntegers(
    (type) => `x ${type}, decimals`,
    (type) =>
      `CASE WHEN decimals >= 0 THEN x ELSE CAST(tw_round_to(CAST(x AS HUGEINT), CAST(10 ** -decimals AS HUGEINT)) AS ${type}) END`,
    ['x FLOAT, decimals', 'CASE WHEN isfinite(x) THEN CAST(round_even(x, decimals) AS FLOAT) ELSE x END'],
    ['x DOUBLE, decimals', 'CASE WHEN isfinite(x) THEN round_even(x, decimals) ELSE x END'],
  ),
  tw_floor_div: [
    ...SIGNED.map(
      (type): Overload => [
        `a ${type}, b ${type}`,
        'a // b - CASE WHEN a % b <> 0 AND (a < 0) <> (b < 0) THEN 1 ELSE 0 END',
      ],
    ),
    ...INTEGERS.filter((type) => type.startsWith('U')).map(
      (type): Overload => [`a ${type}, b ${type}`, 'a // b'],
    ),
    ['a, b', 'floor(a / b)'],
  ],
  tw_sign: ofIntegers(
    (type) => `x ${type}`,
    (type) => `CAST(sign(x) AS ${type})`,
    ['x FLOAT', 'CASE WHEN isnan(x) THEN x ELSE CAST(sign(x) AS FLOAT) END'],
    ['x DOUBLE', 'CASE WHEN isnan(x) THEN x ELSE CAST(sign(x) AS DOUBLE) END'],
  ),
  tw_is_nan: [
    ['x FLOAT', 'isnan(x)'],
    ['x DOUBLE', 'isnan(x)'],
    ['x', 'CASE WHEN x IS NOT NULL THEN false END'],
  ],
  // NaN is greater than all numbers, but stays what it is.
  tw_clip: ofIntegers(
    (type) => `x ${type}, low ${type === 'UBIGINT' ? 'HUGEINT, high HUGEINT' : 'BIGINT, high BIGINT'}`,
    (type) => `CASE WHEN x IS NOT NULL THEN CAST(greatest(least(x, high), low) AS ${type}) END`,
    [
      'x FLOAT, low FLOAT, high FLOAT',
      'CASE WHEN x IS NULL OR isnan(x) THEN x ELSE greatest(least(x, high), low) END',
    ],
    [
      'x DOUBLE, low DOUBLE, high DOUBLE',
      'CASE WHEN x IS NULL OR isnan(x) THEN x ELSE greatest(least(x, high), low) END',
    ],
    ['x, low, high', 'CASE WHEN x IS NOT NULL THEN greatest(least(x, high), low) END'],
  ),
  // What goes into an integer type is cut, not rounded.
  tw_integral: ofIntegers(
    (type) => `x ${type}`,
    () => 'x',
    ['x FLOAT', 'trunc(x)'],
    ['x DOUBLE', 'trunc(x)'],
    ['x', 'x'],
  ),
  // Numbers and times on one line.
  tw_place: [
    ['x DATE', 'epoch_us(x)'],
    ['x TIMESTAMP', 'epoch_us(x)'],
    ['x TIMESTAMPTZ', 'epoch_us(x)'],
    ['x', 'x'],
  ],
  // Means of parts: times are summed as microseconds. DuckDB's own means of times round halves down, before 1970 towards it.
  tw_addend: [
    ['x BOOLEAN', 'CAST(x AS TINYINT)'],
    ...['DATE', 'TIMESTAMP', 'TIMESTAMPTZ', 'TIME', 'INTERVAL'].map(
      (type): Overload => [`x ${type}`, 'epoch_us(x)'],
    ),
    ['x', 'x'],
  ],
  tw_mean: [
    ...['DATE', 'TIMESTAMP'].map(
      (type): Overload => [`total, n, x ${type}`, 'make_timestamp(tw_ticks(total, n))'],
    ),
    ['total, n, x TIMESTAMPTZ', "timezone('UTC', make_timestamp(tw_ticks(total, n)))"],
    ['total, n, x TIME', 'CAST(make_timestamp(tw_ticks(total, n)) AS TIME)'],
    [
      'total, n, x INTERVAL',
      `to_days(CAST(tw_ticks(total, n) // ${DAY} AS INTEGER)) + to_microseconds(tw_ticks(total, n) % ${DAY})`,
    ],
    ['total, n, x', 'total / nullif(n, 0)'],
  ],
  tw_series: [
    ['a DATE, b DATE, step', 'CAST(generate_series(a, b, step) AS DATE[])'],
    ['a TIMESTAMP, b TIMESTAMP, step', 'generate_series(a, b, step)'],
    ['a TIMESTAMPTZ, b TIMESTAMPTZ, step', 'generate_series(a, b, step)'],
  ],
  tw_time: [
    ['x TIMESTAMPTZ', "CAST(timezone('UTC', x) AS TIME)"],
    ['x TIMESTAMP', 'CAST(x AS TIME)'],
    ['x', 'CAST(x AS TIME)'],
  ],
  tw_truncate: [
    ['unit, x DATE', 'CAST(date_trunc(unit, x) AS DATE)'],
    ['unit, x TIMESTAMP', 'date_trunc(unit, x)'],
    ['unit, x TIMESTAMPTZ', 'date_trunc(unit, x)'],
    ['unit, x', 'date_trunc(unit, x)'],
  ],
  tw_offset: [
    ['x DATE, span', 'CAST(x + span AS DATE)'],
    ['x TIMESTAMP, span', 'x + span'],
    ['x TIMESTAMPTZ, span', 'x + span'],
    ['x, span', 'x + span'],
  ],
};

/** Statements that make the functions of ours in a database, in an order in which they find each other. */
export const macroStatements = (): string[] => [
  'CREATE OR REPLACE MACRO tw_ticks(total, n) AS CAST(total // nullif(n, 0) + CASE WHEN total % nullif(n, 0) > n // 2 THEN 1 ELSE 0 END AS BIGINT)',
  // x rounded to a multiple of m, in integers.
  `CREATE OR REPLACE MACRO tw_round_to(x, m) AS x - ((x % m) + m) % m + CASE WHEN 2 * (((x % m) + m) % m) > m OR (2 * (((x % m) + m) % m) = m AND ((x - ((x % m) + m) % m) // m) % 2 <> 0) THEN m ELSE 0 END`,
  ...Object.entries(MACROS).map(
    ([name, overloads]) =>
      `CREATE OR REPLACE MACRO ${name} ${overloads.map(([parameters, body]) => `(${parameters}) AS ${body}`).join(', ')}`,
  ),
];
