import { checkChoice, checkOptions } from '../../engine/known-options.js';
import { given } from '../given.js';
import type { Interval } from '../types.js';
import { DateParts } from './dt-parts.js';
import { parseDuration } from './duration.js';
import type { Expr } from './expr.js';
import type { NamesOf, Operand } from './operand.js';

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

const MICROSECONDS = { second: 1_000_000, millisecond: 1000, microsecond: 1 } as const;

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
export class DateAccessor<N extends string, T> extends DateParts<N, T> {
  /**
   * The day, without the time.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.date() }).rows(); // [ { r: 2024-02-29T00:00:00.000Z } ]
   */
  date(): Expr<N, 'date'> {
    return this.of.with('dt.date');
  }
  /**
   * The time of the day.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.time() }).rows(); // [ { r: '10:17:30.25' } ]
   */
  time(): Expr<N, 'time'> {
    return this.of.with('dt.time');
  }
  /**
   * Cut down to a unit; weeks begin on Mondays.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.truncate('month') }).rows(); // [ { r: 2024-02-01T00:00:00.000Z } ]
   */
  truncate(unit: TimeUnit): Expr<N, T> {
    return this.of.with('dt.truncate', unitOf(unit));
  }
  /**
   * The beginning of the bucket of a width ('15m', '7d', '1mo') that it falls into; buckets are counted from 1970-01-01, or from `origin`, a time or its ISO text.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17Z') }]).select({ r: col('t').dt.bucket('1w', { origin: '2024-01-01' }) }).rows(); // [ { r: 2024-02-26T00:00:00.000Z } ]
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.bucket('15m') }).rows(); // [ { r: 2024-02-29T10:15:00.000Z } ]
   */
  bucket(width: string, options: { readonly origin?: Date | string } = {}): Expr<N, T> {
    checkOptions('dt.bucket', options, ['origin']);
    return this.of.with('dt.bucket', widthOf('bucket', width), originOf(options.origin ?? new Date(0)));
  }
  /**
   * Down to a multiple of a span of time, counted from 1970-01-01: `dt.floor('15m')` is `dt.bucket('15m')`.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.floor('15m') }).rows(); // [ { r: 2024-02-29T10:15:00.000Z } ]
   */
  floor(width: string): Expr<N, T> {
    return this.of.with('dt.bucket', widthOf('floor', width), new Date(0));
  }
  /**
   * Up to a multiple of a span of time, counted from 1970-01-01; what is one stays as it is.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.ceil('15m') }).rows(); // [ { r: 2024-02-29T10:30:00.000Z } ]
   */
  ceil(width: string): Expr<N, T> {
    return this.of.with('dt.ceil', widthOf('ceil', width), new Date(0));
  }
  /**
   * To the nearest multiple of a span of time, counted from 1970-01-01; halfway to the even one of both, as numbers are rounded.
   *
   * @throws TypeError of months and years, which have no one length
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.round('5m') }).rows(); // [ { r: 2024-02-29T10:20:00.000Z } ]
   */
  round(width: string): Expr<N, T> {
    const span = widthOf('round', width);
    if (span.months > 0)
      throw new TypeError(`dt.round takes a span of one length, such as '15m' or '1d', not ${given(width)}`);
    const micros = span.days * 86_400_000_000 + span.microseconds;
    return this.of.with('dt.round', span, new Date(0), micros);
  }
  /**
   * A span of time later: '3mo', '-7d'.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.offset('1mo') }).rows(); // [ { r: 2024-03-29T10:17:30.250Z } ]
   */
  offset(by: string): Expr<N, T> {
    return this.of.with('dt.offset', parseDuration(by));
  }
  /**
   * How many boundaries of a unit lie between another instant and this.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.since(new Date('2024-01-01'), 'day') }).rows(); // [ { r: 59 } ]
   */
  since<O extends Operand>(other: O, unit: TimeUnit = 'day'): Expr<N | NamesOf<O>, 'int64'> {
    return this.of.with('dt.diff', other, unitOf(unit));
  }
  /**
   * Microseconds since 1970.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.epoch() }).rows(); // [ { r: 1709201850250000 } ]
   */
  epoch(): Expr<N, 'int64'> {
    return this.of.with('dt.epoch');
  }
  /**
   * The wall clock of UTC so many seconds, milliseconds (as `Date.now()` counts) or microseconds after 1970 began.
   *
   * @example
   * await fromRows([{ ms: 1709201850250 }]).select({ r: col('ms').dt.fromEpoch() }).rows(); // [ { r: 2024-02-29T10:17:30.250Z } ]
   */
  fromEpoch(unit: 'second' | 'millisecond' | 'microsecond' = 'millisecond'): Expr<N, 'timestamp'> {
    checkChoice('dt.fromEpoch', 'the unit', unit, Object.keys(MICROSECONDS));
    return this.of.with('dt.fromEpoch', MICROSECONDS[unit]);
  }
  /**
   * The seconds of a span.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').sub(new Date('2024-02-29')).dt.totalSeconds() }).rows(); // [ { r: 37050.25 } ]
   */
  totalSeconds(): Expr<N, 'float64'> {
    return this.of.with('dt.totalSeconds');
  }
  /**
   * As text by a format of strftime.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.format('%d.%m.%Y') }).rows(); // [ { r: '29.02.2024' } ]
   */
  format(format: string): Expr<N, 'string'> {
    if (typeof format !== 'string' || !format.includes('%'))
      throw new TypeError(`dt.format takes a format of strftime, such as '%d.%m.%Y', not ${given(format)}`);
    return this.of.with('dt.format', format);
  }
  /**
   * The wall clock of an instant in a zone; the instant of a wall clock that is of the zone.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.toZone('Asia/Kolkata') }).rows(); // [ { r: 2024-02-29T04:47:30.250Z } ]
   */
  toZone(zone: string): Expr<N, T extends 'timestamp' ? 'timestamptz' : 'timestamp'> {
    return this.of.with('dt.toZone', zone);
  }
}

function unitOf(unit: TimeUnit): TimeUnit {
  if (!UNITS.includes(unit))
    throw new TypeError(`no unit of time is called ${JSON.stringify(unit)}; there are ${UNITS.join(', ')}`);
  return unit;
}

/** How wide buckets are. Throws where that is no span of time above 0. */
function widthOf(where: string, text: string): Interval {
  if (typeof text !== 'string')
    throw new TypeError(`dt.${where} takes a span of time, such as '15m', not ${given(text)}`);
  const width = parseDuration(text);
  if (width.months + width.days + width.microseconds <= 0)
    throw new RangeError(`dt.${where} takes a span of time above 0, not ${text}`);
  return width;
}

/** Where buckets are counted from. A text without a zone is UTC, as wall clocks are here. */
function originOf(origin: Date | string): Date {
  const zoned = typeof origin === 'string' && /T[^Z+-]*$/.test(origin) ? `${origin}Z` : origin;
  const time = new Date(zoned);
  if (Number.isNaN(time.getTime()))
    throw new TypeError(`dt.bucket: origin is a Date or its ISO text, '2024-01-01', not ${given(origin)}`);
  return time;
}
