import { parseDuration } from './duration.js';
import type { Expr, NamesOf, Operand } from './expr.js';

/** Units that instants are cut to and differences counted in. */
export type TimeUnit =
  | 'year'
  | 'quarter'
  | 'month'
  | 'week'
  | 'day'
  | 'hour'
  | 'minute'
  | 'second'
  | 'millisecond'
  | 'microsecond';

const UNITS: readonly TimeUnit[] = [
  'year',
  'quarter',
  'month',
  'week',
  'day',
  'hour',
  'minute',
  'second',
  'millisecond',
  'microsecond',
];

/** Functions of dates, times and instants: `col('date').dt.year()`. */
export class DateAccessor<N extends string, T> {
  constructor(private readonly of: Expr<N, T>) {}

  year(): Expr<N, 'int64'> {
    return this.of.with('dt.year');
  }
  quarter(): Expr<N, 'int64'> {
    return this.of.with('dt.quarter');
  }
  /** From 1. */
  month(): Expr<N, 'int64'> {
    return this.of.with('dt.month');
  }
  /** The week of the year, as ISO 8601 counts it. */
  week(): Expr<N, 'int64'> {
    return this.of.with('dt.week');
  }
  /** The day of the month, from 1. */
  day(): Expr<N, 'int64'> {
    return this.of.with('dt.day');
  }
  /** Monday is 0, Sunday 6. */
  weekday(): Expr<N, 'int64'> {
    return this.of.with('dt.weekday');
  }
  /** From 1. */
  dayOfYear(): Expr<N, 'int64'> {
    return this.of.with('dt.dayOfYear');
  }
  hour(): Expr<N, 'int64'> {
    return this.of.with('dt.hour');
  }
  minute(): Expr<N, 'int64'> {
    return this.of.with('dt.minute');
  }
  second(): Expr<N, 'int64'> {
    return this.of.with('dt.second');
  }
  /** Within the second. */
  millisecond(): Expr<N, 'int64'> {
    return this.of.with('dt.millisecond');
  }
  /** Within the second. */
  microsecond(): Expr<N, 'int64'> {
    return this.of.with('dt.microsecond');
  }
  isLeapYear(): Expr<N, 'bool'> {
    return this.of.with('dt.isLeapYear');
  }
  daysInMonth(): Expr<N, 'int64'> {
    return this.of.with('dt.daysInMonth');
  }
  monthName(): Expr<N, 'string'> {
    return this.of.with('dt.monthName');
  }
  dayName(): Expr<N, 'string'> {
    return this.of.with('dt.dayName');
  }
  date(): Expr<N, 'date'> {
    return this.of.with('dt.date');
  }
  time(): Expr<N, 'time'> {
    return this.of.with('dt.time');
  }
  /** Cut down to a unit. */
  truncate(unit: TimeUnit): Expr<N, T> {
    return this.of.with('dt.truncate', unitOf(unit));
  }
  /** The beginning of the bucket of a width ('15m', '7d', '1mo') that it falls into; buckets are counted from 1970-01-01. */
  bucket(width: string): Expr<N, 'timestamp'> {
    return this.of.with('dt.bucket', parseDuration(width), new Date(0));
  }
  /** A span of time later: '3mo', '-7d'. */
  offset(by: string): Expr<N, T> {
    return this.of.with('add', parseDuration(by));
  }
  /** How many boundaries of a unit lie between another instant and this. */
  since<O extends Operand>(other: O, unit: TimeUnit = 'day'): Expr<N | NamesOf<O>, 'int64'> {
    return this.of.with('dt.diff', other, unitOf(unit));
  }
  /** Microseconds since 1970. */
  epoch(): Expr<N, 'int64'> {
    return this.of.with('dt.epoch');
  }
  /** Of an interval. */
  totalSeconds(): Expr<N, 'float64'> {
    return this.of.with('dt.totalSeconds');
  }
  /** As text by a format of strftime. */
  format(format: string): Expr<N, 'string'> {
    return this.of.with('dt.format', format);
  }
  /** The wall clock of an instant in a zone; the instant of a wall clock that is of the zone. */
  toZone(zone: string): Expr<N, T extends 'timestamp' ? 'timestamptz' : 'timestamp'> {
    return this.of.with('dt.toZone', zone);
  }
}

function unitOf(unit: TimeUnit): TimeUnit {
  if (!UNITS.includes(unit))
    throw new TypeError(`no unit of time is called ${JSON.stringify(unit)}; there are ${UNITS.join(', ')}`);
  return unit;
}
